/** Every dialog: whether everybody can use it, whether it is whole, and where the focus is afterwards. */
import assert from 'node:assert/strict';

import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';

const BOB = ' >> text=bob';

/** Opens a person's inspector, and walks to one of its buttons. */
const ofPerson = (button) => async (browser) => {
  await browser.press('g', 'p');
  await browser.click('people-row', BOB);
  await browser.walkTo(button);
  await browser.press('Enter');
};
/** Selects everybody, and walks to what is done to them. */
const ofMany = (item) => async (browser) => {
  await browser.press('g', 'p');
  await browser.click('people-row', BOB);
  await browser.press('Control+a');
  await browser.see('disconnect-selected');
  await browser.walkTo('selection-more');
  await browser.press('Enter');
  await browser.walkTo(item, 'ArrowDown');
  await browser.press('Enter');
};
/** Goes to a page by its keys, and presses another one there. */
const byKeys = (...keys) => (browser) => browser.press(...keys);
/** Goes to a page by its keys, and walks to one of its buttons. */
const byButton =
  (keys, button, before = async () => undefined) =>
  async (browser) => {
    await browser.press(...keys);
    await before(browser);
    await browser.walkTo(button);
    await browser.press('Enter');
  };

/** What the dialog is called, how it is opened, and what has the focus after it, where that is certain. */
const OF_PEOPLE = [
  ['disconnect-dialog', ofPerson('disconnect'), 'disconnect'],
  ['ban-dialog', ofPerson('ban'), 'ban'],
  ['message-dialog', ofPerson('message'), 'message'],
  ['place-dialog', ofPerson('add-to-room'), 'add-to-room'],
  ['ban-many-dialog', ofMany('menu-ban'), 'selection-more'],
  ['disconnect-dialog', ofMany('menu-disconnect'), 'selection-more'],
  ['export-dialog', byButton(['g', 'p'], 'export'), 'export'],
  ['filter-help', byButton(['g', 'p'], 'filter-help-open'), 'filter-help-open'],
];
const OF_OTHERS = [
  [
    'notify-dialog',
    byButton(['g', 'n'], 'notify-send', (browser) => browser.fill('notify-title', 'Maintenance at noon')),
    'notify-send',
  ],
  [
    'evict-dialog',
    async (browser) => {
      await browser.press('g', 'r');
      await browser.click('rooms-row', ' >> text=lobby');
      await browser.walkTo('room-close');
      await browser.press('Enter');
    },
    'room-close',
  ],
  ['ban-dialog', byButton(['g', 'b'], 'new-ban'), 'new-ban'],
  ['drain-dialog', byButton(['g', 'g'], 'drain'), 'drain'],
  [
    'profile-dialog',
    async (browser) => {
      await browser.click('preferences');
      await browser.walkTo('edit-profile');
      await browser.press('Enter');
    },
    'edit-profile',
  ],
  ['palette', byKeys('g', 'o', 'Control+k')],
  ['help', byKeys('g', 'o', '?')],
];

/** Opens each, looks at it, and leaves it. */
async function walkThrough(browser, dialogs) {
  for (const [dialog, open, opener] of dialogs) {
    const where = `${dialog} of ${opener ?? 'a key'}`;
    await open(browser);
    await browser.see(dialog);
    // Whom it touches is counted meanwhile.
    await browser.page.waitForFunction(() => !document.querySelector('.dialog [role="status"].looking'));
    assert.deepEqual(await browser.violations(), [], `axe, on ${where}`);
    assert.deepEqual(await browser.flaws(), [], `what is cut, on ${where}`);
    await browser.press('Escape');
    await browser.gone(dialog);
    if (opener) await browser.isOn(opener);
    // A selection or an inspector of before is not the next one's.
    await browser.press('Escape');
  }
}

for (const looks of [{ theme: 'light' }, { theme: 'dark', language: 'zh-CN' }]) {
  const how = Object.values(looks).join(', ');
  story(`everybody can use the dialogs about people, and goes on where they were (${how})`, looks, async ({ browser, gateway }) => {
    await populate(gateway);
    await walkThrough(browser, OF_PEOPLE);
  });
  story(`everybody can use the other dialogs, and goes on where they were (${how})`, looks, async ({ browser, gateway }) => {
    await populate(gateway);
    await walkThrough(browser, OF_OTHERS);
  });
}
