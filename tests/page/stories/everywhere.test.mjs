/** What each page is for, done without a mouse. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';

const isTable = (browser) => browser.page.evaluate(() => document.activeElement?.role === 'grid');

async function toTable(browser) {
  // Nothing can be opened before it is there.
  await browser.page.locator('[role="grid"] [role="row"][aria-rowindex="2"]').waitFor();
  await until('the focus is in the table', 15_000, async () => {
    if (await isTable(browser)) return true;
    await browser.press('Tab');
    return false;
  });
}

/** Walks to the table and opens its first row; closed from outside or from inside, it takes no focus along. */
async function lookInto(browser) {
  await toTable(browser);
  await browser.press('Home', 'Enter');
  await browser.see('inspector');
  await browser.press('Escape');
  await browser.gone('inspector');
  await until('the focus is still in the table', 15_000, () => isTable(browser));
  await browser.press('Home', 'Enter');
  await browser.see('inspector');
  await use(browser, 'inspector', 'Tab', 'Escape');
  await browser.gone('inspector');
  const lost = await browser.page.evaluate(() => document.activeElement === document.body);
  assert.equal(lost, false, 'the focus does not go with the inspector');
  await toTable(browser);
  await browser.press('Home', 'Enter');
  await browser.see('inspector');
}

/** Walks to a control and presses a key on it. */
async function use(browser, testid, ...keys) {
  await browser.walkTo(testid);
  await browser.press(...keys);
}

/** By the keys that lead to the page: what is done there, and how one sees that it was. */
const DEEDS = {
  'g o': async (browser) => {
    await use(browser, 'figure-errors', 'Enter');
    await browser.see('nav-trace', '[aria-current="page"]');
    await browser.holds('trace-filter', 'internal');
  },
  'g p': async (browser) => {
    await lookInto(browser);
    await use(browser, 'notify', 'Enter');
    await browser.see('nav-notify', '[aria-current="page"]');
  },
  'g r': async (browser) => {
    await lookInto(browser);
    await use(browser, 'room-trace', 'Enter');
    await browser.see('nav-trace', '[aria-current="page"]');
  },
  'g n': async (browser) => {
    await browser.walkTo('notify-title');
    await browser.page.keyboard.type('Tea is ready');
    await use(browser, 'notify-send', 'Enter');
    await browser.see('notify-result');
    await browser.page.locator('li', { hasText: 'Tea is ready' }).getByTestId('notify-again').waitFor();
    await use(browser, 'notify-again', 'Enter');
    await until('it is on the desk again', 10_000, async () =>
      (await browser.page.inputValue('[data-testid="notify-title"]')) === 'Tea is ready');
  },
  'g l': async (browser) => {
    await use(browser, 'limits-pause', 'Enter');
    await browser.says('limits-pause', /Follow/);
    await browser.press('Enter');
    await browser.says('limits-pause', /Pause/);
  },
  'g c': async (browser) => {
    await browser.see('trace-row');
    await lookInto(browser);
    await use(browser, 'trace-copy', 'Enter');
    await until('the clipboard holds what was traced', 10_000, async () =>
      /"event":"ping"/.test(await browser.page.evaluate(() => navigator.clipboard.readText())));
  },
  'g a': async (browser) => {
    await lookInto(browser);
    // What can be done with what one looks at has keys of its own.
    await browser.press('i', 'a');
    await browser.says('inspector', /ann/);
  },
  'g b': async (browser) => {
    await lookInto(browser);
    await use(browser, 'lift-ban', 'Enter');
    await browser.gone('bans-row');
    await use(browser, 'toast-action', 'Enter');
    await browser.see('bans-row');
  },
  'g u': async (browser) => {
    await lookInto(browser);
    await use(browser, 'audit-only-actor', 'Enter');
    await browser.says('audit-actor', /ann/);
  },
  'g g': async (browser) => {
    await use(browser, 'settings-other', 'Space');
    await until('only what differs is shown', 10_000, () =>
      browser.page.locator('[data-testid="setting"]').count().then((shown) => shown > 0 && shown < 10),
    );
  },
};

story('somebody without a mouse does on every page what it is for', { language: 'en' }, async ({ browser, gateway }) => {
  await populate(gateway);
  await browser.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await browser.says('nav-alerts', /1/);
  for (const [keys, deed] of Object.entries(DEEDS)) {
    // Whatever has the focus, the keys are the page's.
    await browser.page.evaluate(() => document.activeElement?.blur());
    await browser.press(...keys.split(' '));
    await deed(browser).catch((error) => {
      error.message = `${keys}: ${error.message}`;
      throw error;
    });
  }
});
