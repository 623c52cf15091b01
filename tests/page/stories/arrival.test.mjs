/** The ways in: from a console that knows nothing to live data. */
import assert from 'node:assert/strict';

import { OPERATOR } from '../../window/desk/gateway.mjs';
import { freePort } from '../../window/desk/places.mjs';
import { arrival } from '../desk/story.mjs';
import { everybodyCanUse } from '../desk/use.mjs';

for (const language of ['en', 'zh-CN']) {
  const looks = { language, theme: 'light' };

  arrival(`somebody new gets in by the keyboard alone, mistakes included, in ${language}`, looks, async ({ browser, gateway }) => {
    const { keyboard } = browser.page;
    await browser.see('place-welcome');
    await everybodyCanUse(browser, `welcome.${language}`);
    await browser.walkTo('connect-url');
    await keyboard.type(`127.0.0.1:${await freePort()}`);
    await browser.press('Enter');
    await browser.see('failure', '[data-code="unreachable"]');
    assert.deepEqual(await browser.violations(), [], 'axe, on the failure');
    await browser.walkTo('connect-url', 'Shift+Tab');
    await browser.press('Control+a');
    await keyboard.type(gateway.address);
    await browser.press('Enter');

    await browser.see('place-signIn');
    await everybodyCanUse(browser, `signin.${language}`);
    await browser.walkTo('sign-in-name', 'Shift+Tab');
    await keyboard.type(OPERATOR.name);
    await browser.press('Tab');
    await keyboard.type('wrong');
    await browser.press('Enter');
    await browser.see('failure', '[data-code="refused"]');
    await browser.isOn('sign-in-password'); // what was wrong is typed over
    assert.deepEqual(await browser.violations(), [], 'axe, on the refusal');
    await keyboard.type(OPERATOR.password);
    await browser.press('Enter');
    await browser.see('status-link', '[data-state="live"]');
  });
}

arrival('somebody who has a token is let in with it, and with nothing else', { language: 'en' }, async ({ browser, gateway }) => {
  await browser.fill('connect-url', gateway.url);
  await browser.click('connect');
  await browser.see('place-signIn');
  await browser.choose('sign-in-by-token');
  await browser.fill('sign-in-token', 'no token at all');
  await browser.click('sign-in');
  await browser.says('failure', /This is no token/);
  await browser.fill('sign-in-token', await gateway.token(42, 'olga'));
  await browser.click('sign-in');
  await browser.says('failure', /This token has no role/);
  const good = await gateway.token(42, 'olga', 'viewer');
  // Whatever else it says, nobody who could has signed it.
  const forged = good.slice(0, good.lastIndexOf('.') + 1) + 'A'.repeat(43);
  await browser.fill('sign-in-token', forged);
  await browser.click('sign-in');
  await browser.says('failure', /The token has run out or was refused/);
  // It can be mended.
  await browser.holds('sign-in-token', forged);
  await browser.fill('sign-in-token', good);
  await browser.click('sign-in');
  await browser.see('status-link', '[data-state="live"]');
  await browser.says('status-operator', /42|olga/);
});
