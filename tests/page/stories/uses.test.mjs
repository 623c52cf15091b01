/** What pages are used for from day to day, to what one sees of it: rows, the clipboard, the page that something leads to. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

/** Waits until the rows of a table read so. @param {(texts: string[]) => boolean} test */
async function rows(browser, what, id, test) {
  return until(what, 15_000, async () => {
    const texts = await browser.page.locator(`[data-testid="${id}"]`).allInnerTexts();
    return test(texts) && texts;
  });
}

const some = (name) => (texts) => texts.some((text) => name.test(text));
const only = (name) => (texts) => texts.length > 0 && texts.every((text) => name.test(text));

/** Waits until that is the page that one was led to. */
async function leadsTo(browser, page) {
  await browser.see(`nav-${page}`, '[aria-current="page"]');
}

const clipboard = (browser) => browser.page.evaluate(() => navigator.clipboard.readText());

story('limits are narrowed by what is typed, and stand still while they are paused', { language: 'en' }, async ({ browser, gateway }) => {
  const [bob, eve] = [await gateway.user(7, 'bob'), await gateway.user(8, 'eve')];
  await browser.click('nav-limits');
  for (const client of [bob, eve]) client.flood(40, 'room:join', { roomId: 'lobby' });
  const both = (texts) => some(/bob/)(texts) && some(/eve/)(texts);
  await rows(browser, 'both have hit a limit', 'limits-row', both);
  await browser.fill('limits-filter', 'eve');
  await rows(browser, 'only eve is left', 'limits-row', only(/eve/));
  await browser.fill('limits-filter', '');
  await rows(browser, 'both are there again', 'limits-row', both);

  await browser.click('limits-pause');
  await browser.says('limits-pause', /Follow/);
  const mallory = await gateway.user(9, 'mallory');
  mallory.flood(40, 'room:join', { roomId: 'lobby' });
  await browser.says('offenders', /mallory/);
  const still = await browser.page.locator('[data-testid="limits-row"]').allInnerTexts();
  assert.ok(!some(/mallory/)(still), 'the rows stand still');
  await browser.click('limits-pause');
  await rows(browser, 'they move again', 'limits-row', some(/mallory/));
});

story('a trace follows what is typed, is copied, and stands still while it is paused', { language: 'en' }, async ({ browser, gateway }) => {
  const [bob, eve] = [await gateway.user(7, 'bob'), await gateway.user(8, 'eve')];
  await browser.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const chatter = setInterval(() => {
    bob.flood(1, 'ping', {});
    eve.flood(1, 'ping', {});
  }, 100);
  try {
    await browser.click('nav-trace');
    await rows(browser, 'both are traced', 'trace-row', (texts) => some(/bob/)(texts) && some(/eve/)(texts));
    await browser.fill('trace-filter', 'user:8');
    await rows(browser, 'only eve is traced', 'trace-row', only(/eve/));
    await browser.click('trace-copy');
    const copied = await until('the clipboard holds the rows', 15_000, async () => {
      const text = await clipboard(browser);
      return text !== '' && text.split('\n').map((line) => JSON.parse(line));
    });
    assert.deepEqual([...new Set(copied.map(({ user, event }) => `${user.username} ${event}`))], ['eve ping']);

    await browser.click('trace-pause');
    await browser.says('trace-pause', /Follow/);
    eve.flood(1, 'room:join', { roomId: 'late' });
    await eve.hears('room:joined');
    // It waits with the others.
    await browser.page.locator('main button.waiting').waitFor();
    const still = await browser.page.locator('[data-testid="trace-row"]').allInnerTexts();
    assert.ok(!some(/late/)(still), 'the rows stand still');
    await browser.click('trace-pause');
    await rows(browser, 'they move again', 'trace-row', some(/late/));
  } finally {
    clearInterval(chatter);
  }
});

story('rooms, bans and what operators did are narrowed by what is typed', { language: 'en' }, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  for (const roomId of ['lobby', 'attic']) bob.flood(1, 'room:join', { roomId });
  await gateway.ban(21, 'spam');
  await gateway.ban(22, 'noise');
  for (const [page, filter, row, typed, left, gone] of [
    ['nav-rooms', 'rooms-filter', 'rooms-row', 'att', /attic/, /lobby/],
    ['nav-bans', 'bans-filter', 'bans-row', 'noise', /22/, /21/],
    ['nav-audit', 'audit-filter', 'audit-row', 'user 22', /22/, /21/],
  ]) {
    await browser.click(page);
    await rows(browser, `both are on ${page}`, row, (texts) => some(left)(texts) && some(gone)(texts));
    await browser.fill(filter, typed);
    await rows(browser, `one is left on ${page}`, row, (texts) => only(left)(texts) && texts.length === 1);
    await browser.fill(filter, '');
    await rows(browser, `both are on ${page} again`, row, (texts) => some(left)(texts) && some(gone)(texts));
  }
});

story('every figure, an alert and a room lead to what they are about', { language: 'en' }, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  bob.flood(1, 'room:join', { roomId: 'lobby' });
  await gateway.report('system.warning', { message: 'Too many uploads', level: 'high', data: { userId: 7 } });
  for (const [figure, page] of [
    ['users', 'people'],
    ['connections', 'people'],
    ['in', 'trace'],
    ['out', 'rooms'],
    ['limits', 'limits'],
    ['errors', 'trace'],
  ]) {
    await browser.click('nav-overview');
    await browser.click(`figure-${figure}`);
    await leadsTo(browser, page);
  }

  await browser.click('nav-alerts');
  await browser.click('alerts-row');
  await browser.click('alert-cause');
  await leadsTo(browser, 'people');
  await browser.says('inspector', /bob/);

  // So does the line that says it, to the alert.
  await browser.click('nav-overview');
  await browser.click('notable-line', ':has-text("Too many uploads") button');
  await leadsTo(browser, 'alerts');
  await browser.says('inspector', /Too many uploads/);

  await browser.click('nav-rooms');
  await browser.click('rooms-row', ' >> text=lobby');
  await browser.click('room-notify');
  await leadsTo(browser, 'notify');
  await browser.fill('notify-title', 'Tea is ready');
  await browser.click('notify-send');
  await browser.click('dialog-confirm');
  const { title, roomId } = await bob.hears('room:notification');
  assert.deepEqual([title, roomId], ['Tea is ready', 'lobby']);
});

story('a ban that is changed has another end', { language: 'en' }, async ({ browser, gateway }) => {
  await gateway.ban(9, 'spam');
  await browser.click('nav-bans');
  await browser.click('bans-row');
  await browser.click('change-ban');
  await browser.see('ban-dialog');
  await browser.click('ban-term');
  await browser.page.getByRole('option', { name: '7 days', exact: true }).click();
  await browser.click('dialog-confirm');
  await browser.gone('ban-dialog');
  await rows(browser, 'the ban has an end', 'bans-row', only(/6\s*d/));
});

story('the language changes at once, and the list of gateways is copied', { language: 'en' }, async ({ browser, gateway }) => {
  await browser.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await browser.click('preferences');
  await browser.click('copy-profiles');
  const copied = await until('the clipboard holds the list', 15_000, async () => {
    const text = await clipboard(browser);
    return text !== '' && JSON.parse(text);
  });
  assert.ok(JSON.stringify(copied).includes(gateway.url), 'the gateway is in it');
  await browser.choose('language-zh');
  await browser.says('nav-notify', /通知/);
  await browser.choose('language-en');
  await browser.says('nav-notify', /Notify/);
});

story('a notification for nobody says so', { language: 'en' }, async ({ browser, gateway }) => {
  await gateway.user(7, 'bob');
  await browser.click('nav-notify');
  await browser.page.getByRole('radio', { name: 'Users' }).check({ force: true });
  await browser.page.getByLabel('User IDs').fill('98 99');
  await browser.fill('notify-title', 'Tea is ready');
  await browser.click('notify-send');
  await browser.says('notify-result', /reached nobody/);
  await browser.says('notify-result', /98[^]*99/);
});
