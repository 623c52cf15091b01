/** Every page in other looks than the one that it was drawn in: in the dark, and twice as large. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';

/** A window of 1280 × 800 at 200 %. */
const TWICE = { width: 640, height: 400 };

story('in the dark everybody can read every page', { theme: 'dark' }, async ({ browser, gateway }) => {
  await populate(gateway);
  for (const id of await browser.pages()) {
    await browser.click(id);
    await browser.outline();
    assert.deepEqual(await browser.violations(), [], `axe, on ${id}`);
    assert.deepEqual(await browser.flaws(), [], `what is cut, on ${id}`);
  }
});

for (const language of ['en', 'zh-CN']) {
  story(`twice as large every page is whole, in ${language}`, { language }, async ({ browser, gateway }) => {
    await populate(gateway);
    await browser.page.setViewportSize(TWICE);
    const found = [];
    for (const id of await browser.pages()) {
      await browser.click(id);
      await browser.outline();
      for (const flaw of [...(await browser.flaws()), ...(await browser.violations())]) found.push(`${id}: ${flaw}`);
    }
    assert.deepEqual(found, []);
    // There is no room for two beside each other.
    await browser.click('nav-limits');
    const [body, offenders] = await Promise.all(
      ['[data-page-body]', '[data-testid="offenders"]'].map((part) => browser.page.locator(part).boundingBox()),
    );
    assert.ok(offenders.y >= body.y + body.height, 'who hits limits most is below the table');
    assert.equal(offenders.width, body.width);
  });
}

/** Whether the page is written in a light colour, as one does on a dark ground. */
const isDark = (browser) =>
  browser.page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.fillStyle = getComputedStyle(document.body).color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data[0] > 127;
  });

const SYSTEM = { theme: 'system', language: 'system' };

story(
  'a console that follows the system looks and speaks as that does, also when that changes',
  SYSTEM,
  async ({ browser }) => {
    await browser.says('nav-notify', /通知/);
    assert.equal(await browser.page.evaluate(() => document.documentElement.lang), 'zh-CN');
    assert.ok(await isDark(browser), 'the page is dark');
    await browser.page.emulateMedia({ colorScheme: 'light' });
    await until('the page is light', 15_000, async () => !(await isDark(browser)));
    await browser.page.emulateMedia({ colorScheme: 'dark' });
    await until('the page is dark again', 15_000, () => isDark(browser));
  },
  { colorScheme: 'dark', locale: 'zh-CN' },
);
