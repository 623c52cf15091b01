/** Several gateways, and those with which one is to be careful. */
import assert from 'node:assert/strict';

import { OPERATOR } from '../../window/desk/gateway.mjs';
import { signIn } from '../../window/desk/paths.mjs';
import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

/** Makes the window about another gateway, by its address in the menu of gateways. */
async function switchTo(browser, { address }) {
  await browser.click('gateways');
  await browser.page.locator('[role="menuitem"]', { hasText: address }).click();
  await browser.says('gateways', new RegExp(address.replaceAll('.', '\\.')));
}

/** Waits until the table of people holds one and not the other. */
async function shows(browser, one, other) {
  await until(`${one} is there, and ${other} is not`, 15_000, async () => {
    const rows = (await browser.page.locator('[data-testid="people-row"]').allInnerTexts()).join(' ');
    return rows.includes(one) && !rows.includes(other);
  });
}

story('each of two gateways has its own people, alerts and drafts, and one may go without the other', {}, async (scene) => {
  const { browser, gateway: here } = scene;
  const there = await scene.another('there');
  await here.user(7, 'bob');
  const eve = await there.user(8, 'eve');
  await here.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await browser.says('nav-alerts', /1/);
  await browser.press('g', 'n');
  await browser.fill('notify-title', 'Only for those here');
  await browser.press('Escape');
  await browser.click('nav-people');
  await browser.fill('people-filter', 'bob');
  await shows(browser, 'bob', 'eve');

  await browser.click('gateways');
  await browser.click('add-gateway');
  await signIn(browser, there.url, OPERATOR);
  await browser.click('nav-people');
  await browser.holds('people-filter', '');
  await shows(browser, 'eve', 'bob');
  await browser.says('nav-alerts', /^\D*$/);
  await browser.click('nav-notify');
  await browser.holds('notify-title', '');

  await switchTo(browser, here);
  await browser.click('nav-people');
  await browser.holds('people-filter', 'bob');
  await shows(browser, 'bob', 'eve');
  await browser.says('nav-alerts', /1/);
  await browser.click('nav-notify');
  await browser.holds('notify-title', 'Only for those here');

  // What is done here is done here.
  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('disconnect');
  await browser.fill('dialog-reason', 'flooding');
  await browser.click('dialog-confirm');
  await browser.gone('people-row', ' >> text=bob');
  assert.equal(eve.closed, undefined);

  await there.crash();
  await browser.see('status-link', '[data-state="live"]');
  await switchTo(browser, there);
  await browser.see('status-link', '[data-state="waiting"]');
});

story('what a page was asked to show is of one gateway, and asked once', {}, async ({ browser, gateway: here, another }) => {
  const there = await another('there');
  await here.user(7, 'bob');
  await there.user(8, 'eve');
  const whom = () => browser.page.inputValue('[data-testid="notify-users"]');
  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('notify');
  await until('bob is addressed', 10_000, async () => (await whom()) === '7');
  await browser.fill('notify-users', '7 9');
  await browser.click('preferences');
  await browser.click('settings-back');
  assert.equal(await whom(), '7 9', 'what was typed since stays');

  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('notify');
  await browser.click('gateways');
  await browser.click('add-gateway');
  await signIn(browser, there.url, OPERATOR);
  await browser.click('nav-notify');
  await browser.see('notify-title');
  await browser.hidden('notify-users');

  // What is no longer live does not look as if it were, beside the list either.
  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=eve');
  await browser.see('inspector');
  await there.crash();
  await browser.see('status-link', '[data-state="waiting"]');
  await until('the inspector is dimmed', 10_000, () =>
    browser.page.evaluate(() => {
      let element = document.querySelector('[data-testid="inspector"]');
      while (element && getComputedStyle(element).filter === 'none') element = element.parentElement;
      return element !== null;
    }),
  );
});

/** Changes what is kept of the gateway. */
async function mark(browser, testid) {
  await browser.click('preferences');
  await browser.click('edit-profile');
  await browser.click(testid);
  await browser.click('dialog-confirm');
  await browser.gone('profile-dialog');
}

/** Whether the palette has the command for the users that are selected: all of them. */
async function offersToDisconnect(browser) {
  await browser.click('nav-people');
  await browser.click('people-row');
  await browser.press('Control+a');
  await browser.see('disconnect-selected');
  await browser.press('Control+k');
  await browser.see('command-page-people');
  const offered = await browser.page.locator('[data-testid="command-disconnect-selected"]').count();
  await browser.press('Escape');
  await browser.gone('palette');
  return offered > 0;
}

story('in safe mode nothing can be changed, and every page says why', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  bob.flood(1, 'room:join', { roomId: 'lobby' });
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await gateway.ban(9, 'spam');
  assert.ok(await offersToDisconnect(browser), 'it can be asked for by name');
  await mark(browser, 'profile-safe');

  const acts = {
    people: ['people-row', ['message', 'notify', 'disconnect', 'ban']],
    rooms: ['rooms-row', ['room-notify', 'room-close']],
    alerts: ['alerts-row', ['acknowledge-alert', 'silence-alert']],
    bans: ['bans-row', ['change-ban', 'lift-ban', 'new-ban']],
    notify: [null, ['notify-send']],
    gateway: [null, ['drain']],
  };
  for (const [page, [row, buttons]] of Object.entries(acts)) {
    await browser.click(`nav-${page}`);
    if (row) await browser.click(row);
    for (const button of buttons) {
      const found = await browser.see(button);
      assert.equal(await found.isDisabled(), true, `${button} is off`);
      assert.match(await found.getAttribute('title'), /safe mode/i, `${button} says why`);
    }
    assert.deepEqual(await browser.violations(), [], `axe, on ${page}`);
  }
  assert.ok(!(await offersToDisconnect(browser)), 'nor can it be asked for by name');
  assert.equal(bob.closed, undefined);
});

story('on a production gateway one types the number before anything happens', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  await mark(browser, 'profile-production');
  await browser.says('gateways', /PROD/);
  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('disconnect');
  await browser.fill('dialog-reason', 'flooding');
  const confirm = await browser.see('dialog-confirm');
  for (const [typed, ready] of [
    ['', false],
    ['11', false],
    ['one', false],
    ['1', true],
  ]) {
    await browser.fill('dialog-number', typed);
    await until(`“${typed}” ${ready ? 'is' : 'is not'} the number`, 10_000, async () => (await confirm.isEnabled()) === ready);
    if (!ready) await browser.press('Enter');
  }
  assert.equal(bob.closed, undefined, 'nothing has happened so far');
  await browser.press('Enter');
  assert.equal((await bob.hears('kicked')).reason, 'flooding');

  await browser.click('nav-notify');
  await browser.fill('notify-title', 'Maintenance at noon');
  await browser.click('notify-send');
  await browser.says('notify-nobody', /Nobody is there/);
  await browser.press('Escape');
  await browser.gone('notify-dialog');
  const eve = await gateway.user(8, 'eve');
  await browser.click('notify-send');
  await browser.fill('dialog-number', '4711');
  assert.equal(await (await browser.see('dialog-confirm')).isDisabled(), true);
  await browser.fill('dialog-number', '1');
  await browser.click('dialog-confirm');
  assert.equal((await eve.hears('system:notification')).title, 'Maintenance at noon');
});

story('a file of gateways that was edited by hand is refused with the line that is wrong', {}, async ({ browser }) => {
  await browser.click('preferences');
  const choose = (text) =>
    browser.page.setInputFiles('[data-testid="import-file"]', {
      name: 'gateways.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
  const saved = () => browser.page.locator('[data-testid="profile"]').count();
  const file = (port) => `{
  "version": 1,
  "gateways": [
    {
      "name": "shop",
      "url": "http://shop.example",
      "colour": "#336699",
      "port": ${port}
    }
  ]
}`;
  await choose(file(80));
  await browser.says('failure', /line 8: .*port/);
  await choose(file(80).replace(',\n      "port": 80', ',,'));
  await browser.says('failure', /line 7/);
  await choose(Buffer.from(file(80).replace('shop"', 'café"'), 'latin1'));
  await browser.says('failure', /line 5: .*UTF-8/);
  assert.equal(await saved(), 1, 'nothing of it was taken');

  await choose(file(80).replace(',\n      "port": 80', ''));
  await browser.see('profile', ' >> text=shop');
  await browser.gone('failure');
  assert.equal(await saved(), 2);
});
