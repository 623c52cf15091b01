/** The whole of an act without a mouse. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

story('somebody without a mouse finds a user and disconnects them', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  const eve = await gateway.user(8, 'eve');
  await browser.press('g', 'p');
  await browser.see('people-row', ' >> text=bob');
  await browser.press('/');
  await browser.isOn('people-filter');
  await browser.page.keyboard.type('bob');
  await until('one row is left', 10_000, async () => (await browser.page.locator('[data-testid="people-row"]').count()) === 1);
  // The suggestions close; Tab leads on to the table.
  await browser.press('Escape');
  await until('the focus is in the table', 10_000, async () => {
    await browser.press('Tab');
    return browser.page.evaluate(() => document.activeElement?.role === 'grid');
  });
  await browser.press('ArrowDown', 'Enter');
  await browser.see('disconnect');
  await until('the focus is on the button', 10_000, async () => {
    await browser.press('Tab');
    return (await browser.focused()) === 'disconnect';
  });
  await browser.press('Enter');
  await browser.see('dialog-reason');
  await until('the reason has the focus', 10_000, async () => (await browser.focused()) === 'dialog-reason');
  await browser.page.keyboard.type('flooding');
  await until('the dialog can be confirmed', 10_000, async () => {
    await browser.press('Tab');
    return (await browser.focused()) === 'dialog-confirm';
  });
  await browser.press('Enter');
  assert.equal((await bob.hears('kicked')).reason, 'flooding');
  await bob.isClosed();
  assert.equal(eve.closed, undefined, 'nobody else is touched');
});

story('somebody without a mouse puts a user into a room that exists, and takes them out again', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  const eve = await gateway.user(8, 'eve');
  eve.flood(1, 'room:join', { roomId: 'lobby' });
  await browser.press('g', 'p');
  await browser.see('people-row', ' >> text=lobby');
  await browser.press('/');
  await browser.page.keyboard.type('bob');
  await until('one row is left', 10_000, async () => (await browser.page.locator('[data-testid="people-row"]').count()) === 1);
  await browser.press('Escape');
  await tabTo(browser, 'the table', (element) => element?.role === 'grid');
  await browser.press('ArrowDown', 'Shift+F10');
  await until('the menu is on adding to a room', 10_000, async () => {
    await browser.press('ArrowDown');
    return (await browser.focused()) === 'menu-join';
  });
  await browser.press('Enter');
  await until('the name of the room has the focus', 10_000, async () => (await browser.focused()) === 'place-room');
  await browser.page.keyboard.type('lob');
  await browser.see('place-offers', ' >> text=lobby');
  await browser.press('ArrowDown', 'Enter');
  await browser.holds('place-room', 'lobby');
  await browser.page.locator('[data-testid="dialog-confirm"]:enabled').waitFor();
  assert.deepEqual(await browser.violations(), [], 'axe, on the dialog');
  await browser.press('Enter');
  assert.equal((await bob.hears('room:joined')).roomId, 'lobby');
  await browser.see('people-row', ' >> text=lobby');

  await tabTo(browser, 'the table', (element) => element?.role === 'grid');
  await browser.press('Home', 'Enter');
  await browser.see('person-room', ' >> text=lobby');
  await tabTo(browser, 'the way out of the room', (element) => element?.dataset.testid === 'remove-from-room');
  await browser.press('Enter');
  await browser.page.locator('[data-testid="dialog-confirm"]:enabled').waitFor();
  await tabTo(browser, 'the button', (element) => element?.dataset.testid === 'dialog-confirm');
  await browser.press('Enter');
  assert.equal((await bob.hears('room:left')).roomId, 'lobby');
  await browser.page.locator('[data-testid="person-room"]').waitFor({ state: 'detached' });
  assert.equal(eve.closed, undefined, 'nobody else is touched');
});

story('somebody without a mouse chooses the columns, and finds them so when the page begins anew', {}, async ({ browser, gateway }) => {
  await gateway.user(7, 'bob');
  await browser.press('g', 'p');
  await browser.see('people-row', ' >> text=bob');
  const heads = () => browser.page.locator('[role="columnheader"]').allInnerTexts();
  assert.ok((await heads()).includes('Address'));
  await tabTo(browser, 'the menu of the columns', (element) => element?.dataset.testid === 'columns');
  await browser.press('Enter');
  await until('the menu is on the address', 10_000, async () => {
    await browser.press('ArrowDown');
    return (await browser.focused()) === 'column-address';
  });
  await browser.press('Enter');
  await until('the address is left out', 10_000, async () => !(await heads()).includes('Address'));
  await browser.press('Escape');
  await browser.page.reload();
  await browser.see('place-page');
  await browser.press('g', 'p');
  await browser.see('people-row', ' >> text=bob');
  assert.ok(!(await heads()).includes('Address'), 'it is kept');
});

story('the palette reaches pages, people, rooms and what can be done here, and Escape leads back', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  bob.flood(1, 'room:join', { roomId: 'lobby' });
  const looksFor = async (text, found) => {
    await browser.press('Control+k');
    await browser.see('palette');
    await browser.page.keyboard.type(text);
    await browser.see(found, '[data-selected]');
    await browser.press('Enter');
    await browser.page.locator('[data-testid="palette"]').waitFor({ state: 'detached' });
  };
  await looksFor('bob', 'palette-user');
  await browser.see('nav-people', '[aria-current="page"]');
  await browser.says('inspector', /bob/);
  await looksFor('lobb', 'palette-room');
  await browser.see('nav-rooms', '[aria-current="page"]');
  await browser.says('inspector', /lobby/);
  await looksFor('audit', 'command-page-audit');
  await browser.see('nav-audit', '[aria-current="page"]');

  await browser.press('g', 'l');
  await looksFor('pause', 'command-flow');
  await browser.says('limits-pause', /Follow/);
  await browser.press('p');
  await browser.says('limits-pause', /Pause/);
  await browser.press('g', 'b');
  await browser.press('n');
  await browser.see('ban-dialog');
  await browser.press('Escape');
  await browser.page.locator('[data-testid="ban-dialog"]').waitFor({ state: 'detached' });

  await browser.press('Control+k');
  await browser.see('palette');
  await browser.press('Escape');
  await browser.page.locator('[data-testid="palette"]').waitFor({ state: 'detached' });
  await browser.press('?');
  await browser.see('help');
  await browser.press('Escape');
  await browser.page.locator('[data-testid="help"]').waitFor({ state: 'detached' });
});

story('keys that are meant for a dialog neither leave the page nor change it', {}, async ({ browser, gateway }) => {
  await gateway.user(7, 'bob');
  await browser.press('g', 'p');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('disconnect');
  await browser.page.locator('[data-testid="dialog-reason"]').fill('flooding');
  // Away from the field, where letters are no text.
  await until('the focus is on the button', 10_000, async () => {
    await browser.press('Tab');
    return (await browser.focused()) === 'dialog-confirm';
  });
  await browser.press('g', 'o', '/', 'Control+1', 'Control+k', 'Control+e');
  await browser.isOn('dialog-confirm');
  await browser.holds('dialog-reason', 'flooding');
  await browser.see('nav-people', '[aria-current="page"]');
  assert.equal(await browser.page.locator('[data-dialog-content]').count(), 1, 'nothing has come above it');
});

/** Presses Tab until the focus is there. @param {(element: HTMLElement | null) => boolean} isThere runs in the page */
async function tabTo(browser, what, isThere) {
  await until(`the focus is on ${what}`, 10_000, async () => {
    if (await browser.page.evaluate(`(${isThere})(document.activeElement)`)) return true;
    await browser.press('Tab');
    return false;
  });
}
