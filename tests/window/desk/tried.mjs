/**
 * A test of many programs at once, with a second try on a build machine: what a browser, a window manager and two busy
 * processors do to each other is not all ours. What held at the second try only is said, and `cargo xtask test` counts it.
 */
import { test } from 'node:test';

const TRIES = process.env.CI ? 2 : 1;

/**
 * @param {string} title a sentence
 * @param {number} limit of one try, in milliseconds
 * @param {() => Promise<void>} play from an empty stage to an empty stage
 */
export function tried(title, limit, play) {
  test(title, { timeout: TRIES * limit }, async (t) => {
    /** @type {string | undefined} */
    let failed;
    for (let left = TRIES; left > 0; left -= 1) {
      try {
        await play();
        if (failed) t.diagnostic(`second try: ${failed}`);
        return;
      } catch (error) {
        if (left === 1) throw error;
        failed = `${title}: ${error.message}`.replaceAll(/\s*\n\s*/g, ' | ');
      }
    }
  });
}
