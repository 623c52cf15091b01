/**
 * A story: a gateway with people on it, the page over the real core, and what a person does there, as one test.
 *
 * It is bounded in time, ends what it started, and leaves a picture and the logs of what failed in `target/page`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { Gateway, OPERATOR } from '../../window/desk/gateway.mjs';
import { signIn } from '../../window/desk/paths.mjs';
import { tried } from '../../window/desk/tried.mjs';
import { Browser } from './browser.mjs';
import { Local } from './local.mjs';
import { remains } from './places.mjs';
import { Stage } from './stage.mjs';

const LIMIT_MS = 180_000;

/**
 * @typedef {object} Scene
 * @property {Browser} browser
 * @property {Gateway} gateway
 * @property {Local} local the gateway of the console's own machine, which does not run yet
 * @property {(name: string) => Promise<Gateway>} another starts one more gateway
 */

/**
 * A story of an operator who is signed in and looks at the gateway.
 * @param {string} title a sentence
 * @param {object} preferences how the console looks and behaves
 * @param {(scene: Scene) => Promise<void>} tell
 * @param {import('playwright-core').BrowserContextOptions} [system] what the page is told of the system around it
 */
export function story(title, preferences, tell, system = {}) {
  const told = async (scene) => {
    await signIn(scene.browser, scene.gateway.url, OPERATOR);
    await tell(scene);
  };
  arrival(title, preferences, told, system);
}

/**
 * A story of somebody who opens the console for the first time: it knows no gateway.
 * @param {string} title a sentence
 * @param {object} preferences
 * @param {(scene: Scene) => Promise<void>} tell
 * @param {import('playwright-core').BrowserContextOptions} [system]
 */
export function arrival(title, preferences, tell, system = {}) {
  tried(title, LIMIT_MS, async () => {
    const stage = await Stage.set(join(remains, title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()));
    /** @type {Browser | undefined} */
    let browser;
    /** @type {Local | undefined} */
    let local;
    /** @type {Gateway[]} */
    const gateways = [];
    const start = async (name) => {
      const gateway = await Gateway.start(stage, {}, name);
      gateways.push(gateway);
      return gateway;
    };
    try {
      const gateway = await start('gateway');
      local = await Local.prepare(stage);
      browser = await Browser.open(stage, preferences, local.console, system);
      await tell({ browser, gateway, local, another: start });
      assert.deepEqual(browser.errors, [], 'the page threw nothing');
    } catch (error) {
      // A picture that fails must not hide what failed before.
      await browser?.page.screenshot({ path: join(stage.logs, 'failed.png') }).catch(() => undefined);
      error.message += `\n  what the page showed, and every log: ${stage.logs}`;
      throw error;
    } finally {
      await browser?.close();
      local?.leave();
      for (const gateway of gateways) await gateway.stop();
      await stage.clear();
    }
  });
}
