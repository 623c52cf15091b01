/** What was written down: templates of notifications, and the audit log. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

story('what is sent again and again is kept, and one click away', { language: 'en' }, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  await browser.click('nav-notify');
  await browser.fill('notify-title', 'Maintenance at noon');
  await browser.fill('notify-message', 'Everybody is sent away for ten minutes.');
  await browser.click('template-keep');
  await browser.page.reload();
  await browser.click('nav-notify');
  await browser.holds('notify-title', '');
  await browser.click('template', ' .use');
  await browser.holds('notify-title', 'Maintenance at noon');
  await browser.click('notify-send');
  await browser.click('dialog-confirm');
  const { title, message } = await bob.hears('system:notification');
  assert.deepEqual([title, message], ['Maintenance at noon', 'Everybody is sent away for ten minutes.']);
});

story('the audit log is searched by what was done, and by how long ago', { language: 'en' }, async ({ browser, gateway }) => {
  await gateway.ban(9, 'spam');
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await browser.click('nav-alerts');
  await browser.click('alerts-row');
  await browser.click('acknowledge-alert');
  await browser.click('nav-audit');
  const rows = browser.page.locator('[data-testid="audit-row"]');
  const are = (what, test) =>
    until(what, 15_000, async () => {
      const texts = await rows.allInnerTexts();
      return texts.length > 0 && test(texts);
    });
  const pick = async (select, option) => {
    await browser.click(select);
    await browser.page.getByRole('option', { name: option, exact: true }).click();
  };
  await are('both are there', (texts) => texts.some((text) => /Banned/.test(text)) && texts.some((text) => /alert/i.test(text)));
  await pick('audit-command', 'Banned');
  await are('only the ban is', (texts) => texts.every((text) => /Banned/.test(text)));

  // As if two hours had gone by.
  await browser.page.clock.setFixedTime(Date.now() + 2 * 3_600_000);
  await pick('audit-span', 'Last hour');
  await browser.page.locator('main .empty .title').waitFor({ state: 'visible' });
  await pick('audit-span', 'Last 24 hours');
  await are('it is there again', (texts) => texts.every((text) => /Banned/.test(text)));
});
