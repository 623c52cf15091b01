/** Waiting for a condition, never for a time. */

const STEP_MS = 50;

/**
 * Asks again and again until the answer is neither empty nor false. An error of `ask` ends the wait at once.
 * @template T
 * @param {string} what for the message where it does not happen
 * @param {number} ms
 * @param {() => T | undefined | null | false | Promise<T | undefined | null | false>} ask
 * @returns {Promise<T>}
 */
export async function until(what, ms, ask) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
