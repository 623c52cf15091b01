/** What a page shows while its data is not live, and where there is none. */
import assert from 'node:assert/strict';

import { until } from '../../window/desk/wait.mjs';
import { connect } from '../../window/desk/paths.mjs';
import { arrival, story } from '../desk/story.mjs';
import { everybodyCanUse } from '../desk/use.mjs';

/** Time enough to look around, or to start the gateway and reach the button, in seconds. */
const ENOUGH_S = 7;

/** Whether the page's body is dimmed. */
const isDimmed = (browser) =>
  browser.page.locator('main .middle').first().evaluate((body) => getComputedStyle(body).filter.includes('opacity'));

/** The attempts come less and less often, and not at fixed times. */
async function untilAttemptIsFarAway(browser) {
  await until('the next attempt is far away', 90_000, async () => {
    const [, seconds] = (await browser.page.locator('main .countdown').allInnerTexts()).join().match(/(\d+)/) ?? [];
    return Number(seconds) >= ENOUGH_S;
  });
}

/** The gateway is back, and somebody without a mouse does not wait for the next attempt. */
async function retries(browser, gateway) {
  await untilAttemptIsFarAway(browser);
  await gateway.serve();
  await browser.walkTo('retry-now');
  await browser.press('Enter');
  await browser.see('status-link', '[data-state="live"]');
}

for (const language of ['en', 'zh-CN']) {
  story(`while the gateway is gone its data stays, dimmed and with its age, until it is back (${language})`, { language }, async (scene) => {
    const { browser, gateway } = scene;
    const bob = await gateway.user(7, 'bob');
    await browser.press('g', 'p');
    await browser.see('people-row', ' >> text=bob');
    assert.ok(!(await isDimmed(browser)));

    await gateway.crash();
    await bob.isClosed();
    await browser.see('place-page', '[data-stale="true"]');
    const banner = await browser.see('lost');
    const words = await banner.innerText();
    assert.match(words, /\d\d:\d\d/, `since when: ${words}`);
    await until('it ages', 15_000, async () => (await banner.innerText()) !== words);
    // It is announced, and its age is not.
    const said = browser.page.locator('[data-testid="link-said"]');
    assert.doesNotMatch(await said.innerText(), /\d/);
    assert.equal(await browser.page.locator('main [role="alert"]').count(), 0);
    assert.ok(await isDimmed(browser), 'it is dimmed');
    await browser.see('people-row', ' >> text=bob');
    assert.deepEqual(await browser.violations(), [], 'axe, on what is old');
    assert.deepEqual(await browser.flaws(), [], 'what is cut, on what is old');
    // Who is not there cannot be acted upon.
    await browser.click('people-row', ' >> text=bob');
    assert.equal(await (await browser.see('disconnect')).isDisabled(), true);

    await retries(browser, gateway);
    await gateway.user(8, 'eve');
    await browser.see('place-page', '[data-stale="false"]');
    await banner.waitFor({ state: 'detached' });
    await browser.see('people-row', ' >> text=eve');
    await browser.gone('people-row', ' >> text=bob');
    assert.ok(!(await isDimmed(browser)));
  });

  story(`a gateway that was closed and cannot be reached any more shows what it had, and what one can do, in ${language}`, { language, theme: 'light' }, async ({ browser, gateway }) => {
    await browser.press('c', 'x');
    await browser.see('place-welcome');
    await gateway.crash();
    await browser.walkTo('saved-gateway');
    await browser.press('Enter');
    await browser.see('lost');
    await untilAttemptIsFarAway(browser);
    await everybodyCanUse(browser, `reopened.${language}`);
    await retries(browser, gateway);
    await browser.see('place-page');
  });

  story(`a console that starts while its gateway is gone says so, and what one can do, in ${language}`, { language, theme: 'light' }, async ({ browser, gateway }) => {
    await gateway.crash();
    await browser.startAgain();
    const place = await browser.see('place-unreached');
    await browser.see('retry-now');
    assert.match(await place.innerText(), /127\.0\.0\.1/, 'which, and why');
    // There has never been anything that could be lost.
    assert.equal(await browser.page.locator('[data-testid="lost"]').count(), 0);
    await untilAttemptIsFarAway(browser);
    await everybodyCanUse(browser, `unreached.${language}`);
    assert.deepEqual(await browser.flaws(), [], 'what is cut, where there was nothing yet');
    await retries(browser, gateway);
    await browser.see('place-page', '[data-stale="false"]');
  });

  story(`on a gateway with nobody each page says what is not there (${language})`, { language }, async ({ browser }) => {
    const said = browser.page.locator('main .empty .title');
    for (const id of ['nav-rooms', 'nav-notify', 'nav-limits', 'nav-trace', 'nav-alerts', 'nav-bans']) {
      await browser.click(id);
      await until(`${id} leads to a page that says it`, 15_000, () => said.first().isVisible());
      await browser.outline();
      assert.deepEqual(await browser.violations(), [], `axe, on ${id}`);
      assert.deepEqual(await browser.flaws(), [], `what is cut, on ${id}`);
    }
    await browser.click('nav-people');
    await browser.fill('people-filter', 'nobody');
    await said.waitFor({ state: 'visible' });
    assert.deepEqual(await browser.violations(), [], 'axe, where nobody matches');
  });
}

/** Time enough to get in and to type something, in seconds. */
const BRIEF_S = 12;

for (const language of ['en', 'zh-CN']) {
  arrival(`a session that ends takes nothing away, and is begun again above the page (${language})`, { language }, async ({ browser, gateway }) => {
    const bob = await gateway.user(7, 'bob');
    await connect(browser, gateway.url);
    await browser.choose('sign-in-by-token');
    await browser.fill('sign-in-token', await gateway.brief(BRIEF_S));
    await browser.click('sign-in');
    await browser.click('nav-people');
    await browser.click('people-row', ' >> text=bob');
    await browser.click('message');
    await browser.fill('message-text', 'Please slow down.');

    await browser.see('place-page', '[data-stale="true"]');
    await browser.see('sign-in-dialog');
    await browser.isOn('sign-in-name');
    // Who would rather look first signs in later.
    await browser.press('Escape');
    await browser.gone('sign-in-dialog');
    await browser.holds('message-text', 'Please slow down.');
    await browser.press('Escape');
    await browser.gone('message-dialog');
    await browser.see('people-row', ' >> text=bob');
    await browser.says('ended', /\d\d:\d\d/);

    await browser.walkTo('sign-in-again');
    await browser.press('Enter');
    await browser.see('sign-in-dialog');
    assert.deepEqual(await browser.violations(), [], 'axe, on the sign-in above the page');
    assert.deepEqual(await browser.flaws(), [], 'what is cut, on the sign-in above the page');
    await browser.choose('sign-in-by-token');
    await browser.fill('sign-in-token', await gateway.token(42, 'olga', 'admin'));
    await browser.click('sign-in');
    await browser.see('status-link', '[data-state="live"]');
    await browser.gone('sign-in-dialog');
    await browser.gone('ended');
    await browser.click('message');
    await browser.fill('message-text', 'Please slow down.');
    await browser.click('dialog-confirm');
    assert.equal((await bob.hears('private:message')).message, 'Please slow down.');
  });
}
