/** The gateway of this machine: nobody is sent away by its end whom one has not been shown. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { arrival } from '../desk/story.mjs';

const RULES = { local: { port: 0 } };

for (const looks of [{ theme: 'light' }, { theme: 'dark', language: 'zh-CN' }]) {
  const how = Object.values(looks).join(', ');
  arrival(`who ends the gateway of this machine is shown whose connections that ends (${how})`, { ...RULES, ...looks }, async (scene) => {
    const { browser, local } = scene;
    /** Where it runs, as soon as that is not where it ran before. */
    const address = (before) =>
      until('it says where it runs', 15_000, async () => {
        const [now] = (await (await browser.see('local-state')).innerText()).match(/127\.0\.0\.1:\d+/) ?? [];
        return now !== before && now;
      });
    const isLookedAt = async () => {
      await browser.see('status-link', '[data-state="live"]');
      await browser.press('g', 't');
      await browser.see('local-gateway', '[data-state="running"]');
    };
    await browser.fill('start-local-port', '0');
    await browser.click('start-local');
    await isLookedAt();
    await browser.says('gateways', looks.language === 'zh-CN' ? /本机/ : /This machine/);

    // Nobody is there: nothing is asked.
    await browser.click('local-stop');
    await browser.see('local-gateway', '[data-state="stopped"]');
    await browser.click('local-start');
    await isLookedAt();

    const first = await address();
    const bob = await local.user(first, 7, 'bob');
    const asked = async () => {
      await browser.says('end-dialog', /bob/);
      assert.deepEqual(await browser.violations(), [], 'axe, on the dialog');
      assert.deepEqual(await browser.flaws(), [], 'what is cut, on the dialog');
    };
    // By the key that stops it, from the menu of gateways, and from its own page.
    await browser.press('c', 's');
    await asked();
    await browser.press('Escape');
    await browser.gone('end-dialog');
    await browser.click('gateways');
    await browser.click('stop-local');
    await asked();
    await browser.press('Escape');
    await browser.gone('end-dialog');
    await browser.walkTo('local-stop');
    await browser.press('Enter');
    await asked();
    await browser.press('Escape');
    await browser.gone('end-dialog');
    await browser.isOn('local-stop'); // the focus is back
    // Who quits ends it too. There is no keychain here, without which it cannot be left running.
    await browser.press('Control+q');
    await asked();
    assert.equal(await browser.page.locator('[data-testid="dialog-leave"]').count(), 0);
    await browser.press('Escape');
    await browser.gone('end-dialog');
    assert.equal(bob.closed, undefined, 'nothing has happened so far');

    await browser.click('local-restart');
    await asked();
    await browser.click('dialog-confirm');
    await bob.hears('system:shutdown');
    await bob.isClosed();
    const second = await address(first);
    await browser.see('status-link', '[data-state="live"]');
    const again = await local.user(second, 7, 'bob');
    await browser.press('c', 's');
    await asked();
    await browser.click('dialog-confirm');
    await again.isClosed();
    await browser.see('local-gateway', '[data-state="stopped"]');
  });
}
