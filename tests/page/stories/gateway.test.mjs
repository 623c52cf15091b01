/** The gateway's own page: what it says of itself, and an administrator who empties a node. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

story('an admin looks through the configuration, drains the node, and lets everybody in again', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  await browser.press('g', 'g');
  await browser.see('nav-gateway', '[aria-current="page"]');
  await browser.says('readiness', /Takes clients/);
  await browser.see('setting', ' >> text=limits.default');
  await browser.fill('settings-filter', 'jwt_secret');
  await browser.says('setting', /auth\.jwt_secret\s+not set\s+not set\s+default/);
  await browser.fill('settings-filter', '');
  await browser.click('settings-other');
  await until('only what differs is shown', 10_000, async () =>
    (await browser.page.locator('[data-testid="setting"]').allInnerTexts()).every((row) => /command line$/.test(row.trim())),
  );
  await browser.see('setting', ' >> text=data_dir');

  await browser.click('drain');
  await browser.fill('drain-over', '0');
  await browser.click('dialog-confirm');
  assert.equal((await bob.hears('kicked')).code, 'drain');
  await browser.see('node', '[data-drained="true"]');
  await browser.says('readiness', /Takes no clients now/);
  await browser.click('resume');
  await browser.see('node', '[data-drained="false"]');
  await browser.says('readiness', /Takes clients/);
});
