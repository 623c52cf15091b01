/** Nothing moves under the eyes of whoever reads: what comes late has its place already. */
import assert from 'node:assert/strict';

import { populate } from '../desk/people.mjs';
import { story } from '../desk/story.mjs';

/**
 * Of what Chromium counts as a layout shift, by share of the window and share of the way. web.dev calls 0.1 good, for pages
 * with pictures and advertisements; a line of text that comes late above a whole page of rows is 0.025 here.
 */
const MOST = 0.02;
/** How much later than they are ready the core's words come, in milliseconds: every page is painted before its data. */
const LATE_MS = 300;

/** Time enough for three answers that wait for each other, each of them late. */
const FRAMES = 90;

/** Runs in the page: resolves when so many frames have been drawn. @param {number} frames */
function pass(frames) {
  return new Promise((resolve) => {
    const next = (left) => (left > 0 ? requestAnimationFrame(() => next(left - 1)) : resolve());
    next(frames);
  });
}

/** Runs in the page: counts from now on what moves without having been touched. */
function watch() {
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const what = sources.map(({ node, previousRect: from, currentRect: to }) => {
        const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const name = element?.closest('[data-testid]')?.dataset.testid ?? '';
        const way = [from, to].map(({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ')).join(' -> ');
        return `${element?.tagName} ${element?.className} in ${name}: ${way}`;
      });
      globalThis.moved.push({ value, what });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

story('no page moves when its data comes', { theme: 'light' }, async ({ browser, gateway }) => {
  await populate(gateway);
  await browser.says('nav-alerts', /1/);
  const { page } = browser;
  await page.routeWebSocket(/.*/, (socket) => {
    const core = socket.connectToServer();
    core.onMessage((message) => setTimeout(() => socket.send(message), LATE_MS));
  });
  await page.addInitScript(watch);
  await page.reload();
  await browser.see('place-page');

  const ids = ['nav-overview', ...(await browser.pages())];
  for (const id of ids) {
    // What a key or a click moves is meant to move, and Chromium leaves it out: the page is changed without one.
    await (await browser.see(id)).evaluate((link) => {
      globalThis.moved.length = 0;
      link.click();
    });
    await page.evaluate(pass, FRAMES);
    const moved = await page.evaluate(() => globalThis.moved);
    const sum = moved.reduce((total, { value }) => total + value, 0);
    const what = moved.map(({ value, what: parts }) => `${value.toFixed(4)}: ${parts.join('; ')}`).join('\n');
    assert.ok(sum < MOST, `${id} moves by ${sum.toFixed(4)}:\n${what}`);
  }
});
