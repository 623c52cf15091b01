/** The filter of people, typed by somebody who does not know its language yet. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { story } from '../desk/story.mjs';

story('the filter completes keys and values, and says where a mistake is, by the keyboard alone', {}, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  await gateway.user(8, 'eve');
  bob.flood(1, 'room:join', { roomId: 'tea room' });
  const rows = async (count) => {
    const found = () => browser.page.locator('[data-testid="people-row"]').count();
    await until(`there are ${count} rows`, 15_000, async () => (await found()) === count);
  };
  await browser.press('g', 'p');
  // The operator is there too.
  await rows(3);

  // A key, by its first letters; then its value, which wants quotes.
  await browser.press('/');
  await browser.page.keyboard.type('ro');
  await browser.see('filter-offers', ' >> text=room:');
  assert.deepEqual(await browser.violations(), [], 'axe, on the offers');
  await browser.press('ArrowDown', 'Enter');
  await browser.holds('people-filter', 'room:');
  await browser.see('filter-offers', ' >> text=tea room');
  await browser.press('ArrowDown', 'Enter');
  await browser.holds('people-filter', 'room:"tea room" ');
  await browser.isOn('people-filter'); // one types on
  await rows(1);

  // Escape closes the offers, then empties the field, then leaves it.
  await browser.page.keyboard.type('us');
  await browser.see('filter-offers');
  await browser.press('Escape');
  await browser.hidden('filter-offers');
  await browser.holds('people-filter', 'room:"tea room" us');
  await browser.press('Escape');
  await browser.holds('people-filter', '');
  await rows(3);

  // A mistake is marked, the rows stay, and what would be right is one key away.
  await browser.page.keyboard.type('rom:lobby');
  await browser.says('filter-mistake', /rom/);
  assert.equal(await browser.page.locator('[data-testid="filter-mistake"] mark').innerText(), 'rom');
  assert.deepEqual(await browser.violations(), [], 'axe, on the mistake');
  await browser.walkTo('filter-mend');
  await browser.press('Enter');
  await browser.gone('filter-mistake');
  await browser.holds('people-filter', 'room:lobby');
  await rows(0);
});
