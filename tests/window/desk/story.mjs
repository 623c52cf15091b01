/**
 * A story: a person, a desktop, a console, and what they do, as one test.
 *
 * It is bounded in time, ends what it started, and leaves a picture and the logs of what failed in `target/window`.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Console } from './console.mjs';
import { Desktop } from './desktop.mjs';
import { Gateway } from './gateway.mjs';
import { remains } from './places.mjs';
import { tried } from './tried.mjs';

const LIMIT_MS = 180_000;

/**
 * @typedef {object} Scene
 * @property {Desktop} desktop
 * @property {Console} console
 * @property {(settings?: NodeJS.ProcessEnv) => Promise<Gateway>} gateway starts one, set up by variables of its environment
 * @property {() => Promise<Console>} reopen the console once more, after it was closed, with the files that it had
 */

/**
 * @param {string} title a sentence
 * @param {{ keychain?: string, preferences?: object }} options
 * @param {(scene: Scene) => Promise<void>} tell
 */
export function story(title, options, tell) {
  tried(title, LIMIT_MS, async () => {
    const logs = join(remains, title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase());
    await rm(logs, { recursive: true, force: true });
    const desktop = await Desktop.start({ logs, keychain: options.keychain, width: 1360, height: 900 });
    /** @type {Gateway | undefined} */
    let gateway;
    /** @type {Console | undefined} */
    let console;
    try {
      console = await Console.open(desktop, { preferences: options.preferences });
      await tell({
        desktop,
        console,
        gateway: async (settings) => (gateway = await Gateway.start(desktop, settings)),
        reopen: async () => (console = await Console.open(desktop, { name: 'console-again' })),
      });
    } catch (error) {
      // A picture that fails must not hide what failed before.
      await console?.picture(join(logs, 'failed.png')).catch(() => undefined);
      error.message += `\n  what the window showed, and every log: ${logs}`;
      throw error;
    } finally {
      await gateway?.stop();
      await desktop.stop();
    }
  });
}
