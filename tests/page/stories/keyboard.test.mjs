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
  assert.equal(await browser.focused(), 'people-filter');
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

story('the palette reaches pages and people, and Escape leads back to where one was', {}, async ({ browser, gateway }) => {
  await gateway.user(7, 'bob');
  await browser.press('Control+k');
  await browser.see('palette');
  await browser.page.keyboard.type('audit');
  await browser.press('Enter');
  await browser.see('nav-audit', '[aria-current="page"]');
  await browser.press('Control+k');
  await browser.see('palette');
  await browser.press('Escape');
  await browser.page.locator('[data-testid="palette"]').waitFor({ state: 'detached' });
  await browser.press('?');
  await browser.see('help');
  await browser.press('Escape');
  await browser.page.locator('[data-testid="help"]').waitFor({ state: 'detached' });
});
