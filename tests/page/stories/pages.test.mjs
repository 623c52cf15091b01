/** Every page, on real data and in both languages: whether everybody can use it, and what a screen reader is told of it. */
import assert from 'node:assert/strict';

import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';
import { everybodyCanUse } from '../desk/use.mjs';

for (const language of ['en', 'zh-CN']) {
  story(`everybody can use every page in ${language}`, { language, theme: 'light' }, async ({ browser, gateway }) => {
    await populate(gateway);
    await browser.says('nav-people', /2/);
    await browser.says('nav-alerts', /1/);
    const ids = await browser.pages();
    assert.ok(ids.length >= 12, `${ids.length} pages`);
    for (const id of ids) {
      await browser.click(id);
      await everybodyCanUse(browser, `${id.replace(/^nav-/, '')}.${language}`);
    }
  });
}
