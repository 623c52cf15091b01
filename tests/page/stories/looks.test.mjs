/** Every page in another look than the one that it was drawn in: in the dark. */
import assert from 'node:assert/strict';

import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';

story('in the dark everybody can read every page', { theme: 'dark' }, async ({ browser, gateway }) => {
  await populate(gateway);
  for (const id of await browser.pages()) {
    await browser.click(id);
    await browser.outline();
    assert.deepEqual(await browser.violations(), [], `axe, on ${id}`);
    assert.deepEqual(await browser.flaws(), [], `what is cut, on ${id}`);
  }
});
