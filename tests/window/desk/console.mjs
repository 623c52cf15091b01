/**
 * The real console in its real window, driven through tauri-driver and WebKit's WebDriver.
 *
 * Owns how a page is read and touched: by `data-testid`, waiting for what it asks for. It must never know a story.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { By, Key, WebDriver } from 'selenium-webdriver';
import { Executor, HttpClient } from 'selenium-webdriver/http/index.js';

import { app, driver, freePort, server } from './places.mjs';
import { until } from './wait.mjs';

/** How long the page may take to show what an action leads to. */
export const PATIENCE_MS = 15_000;

/** How long the app may take to end once its window is closed. */
const ENDING_MS = 4_000;

export class Console {
  /** @param {WebDriver} session @param {import('./process.mjs').Program} program @param {string} folder @param {import('./desktop.mjs').Desktop} desktop */
  constructor(session, program, folder, desktop) {
    this.session = session;
    this.desktop = desktop;
    this.program = program;
    /** Where the console keeps its files. */
    this.folder = folder;
  }

  /**
   * Opens the console on a desktop. Its preferences can be given.
   * @param {import('./desktop.mjs').Desktop} desktop
   * @param {{ folder?: string, preferences?: object, name?: string }} [options]
   */
  static async open(desktop, { folder = join(desktop.home, 'console'), preferences, name = 'console' } = {}) {
    const kept = join(folder, 'config/preferences.json');
    // A story that is not about the closing of the window is not asked about it.
    if (preferences || !existsSync(kept)) {
      await mkdir(join(folder, 'config'), { recursive: true });
      await writeFile(kept, JSON.stringify({ onClose: 'quit', ...preferences }));
    }
    const [port, native] = [await freePort(), await freePort()];
    // The driver starts the app with its own environment.
    const program = desktop.run(name, driver(), ['--port', `${port}`, '--native-port', `${native}`], {
      env: environment(folder),
    });
    await until('tauri-driver answers', PATIENCE_MS, async () => {
      if (program.end !== undefined) throw new Error(`tauri-driver ended: ${program.end}`);
      return fetch(`http://127.0.0.1:${port}/status`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    const capabilities = { 'tauri:options': { application: app() } };
    const session = WebDriver.createSession(new Executor(new HttpClient(`http://127.0.0.1:${port}`)), capabilities);
    await session.getSession();
    return new Console(session, program, folder, desktop);
  }

  /** The element of a test id that is shown. @param {string} id @param {string} [more] a further selector */
  async see(id, more = '', ms = PATIENCE_MS) {
    return until(`the page shows ${id}${more}`, ms, async () => {
      for (const element of await this.session.findElements(By.css(selector(id, more)))) {
        if (await shown(element)) return element;
      }
      return undefined;
    });
  }

  /** Waits until there is no such element. @param {string} id @param {string} [more] */
  async gone(id, more = '', ms = PATIENCE_MS) {
    const none = async () => (await this.session.findElements(By.css(selector(id, more)))).length === 0;
    await until(`${id}${more} is gone`, ms, none);
  }

  /** Clicks, once the element can be. @param {string} id @param {string} [more] */
  async click(id, more = '') {
    await until(`${id}${more} can be clicked`, PATIENCE_MS, async () => {
      const element = await this.see(id, more);
      return attempt(async () => {
        if (!(await element.isEnabled())) return false;
        // The button of a choice is hidden under its label.
        const label = 'return arguments[0].closest("label") ?? arguments[0]';
        await (await this.session.executeScript(label, element)).click();
        return true;
      });
    });
  }

  /** Puts a text in the place of what a field holds. @param {string} id @param {string} text */
  async fill(id, text) {
    await until(`${id} can be filled`, PATIENCE_MS, async () => {
      const field = await this.see(id);
      return attempt(async () => {
        // In one call WebKit would hold Control for the text too.
        await field.sendKeys(Key.chord(Key.CONTROL, 'a'));
        await field.sendKeys(text);
        return (await field.getAttribute('value')) === text;
      });
    });
  }

  /** Presses a key while others are held. @param {...string} keys the last one is pressed */
  async press(...keys) {
    const held = keys.slice(0, -1);
    const actions = this.session.actions();
    for (const key of held) actions.keyDown(key);
    actions.keyDown(keys.at(-1)).keyUp(keys.at(-1));
    for (const key of held) actions.keyUp(key);
    await actions.perform();
  }

  /** Waits until an element reads so. @param {string} id @param {RegExp} words @param {string} [more] */
  async says(id, words, more = '', ms = PATIENCE_MS) {
    await until(`${id}${more} reads ${words}`, ms, async () => {
      const element = await this.see(id, more, ms);
      // WebKit's own idea of an element's text leaves out cells that clip what does not fit.
      return attempt(async () => words.test(await element.getProperty('innerText')));
    });
  }

  /** Starts the app once more, as a person does who has forgotten that it runs, and gives how that ended. */
  async startAgain() {
    const second = this.desktop.run('second-start', app(), [], { env: environment(this.folder) });
    return second.ended();
  }

  /** The window as it is on the screen, without its frame, as a PNG. @param {string} path */
  async picture(path) {
    await this.desktop.picture('Signalbox', path);
  }

  /** Closes the window as a person does, and waits for the app to end. */
  async close() {
    await until('the app has ended', PATIENCE_MS, async () => {
      // Keys that the window manager was too busy to see are pressed again, as a person would; the window may be gone by then.
      await this.desktop.closeWindow('Signalbox').catch(() => undefined);
      return until('the app has ended', ENDING_MS, () => this.#hasEnded()).catch(() => false);
    });
    await this.program.stop();
  }

  /** Waits until the app has ended by itself, and ends its driver. */
  async ended() {
    await until('the app has ended', PATIENCE_MS, () => this.#hasEnded());
    await this.program.stop();
  }

  /** The driver cannot say so: it answers for as long as it lives. Its session does not. */
  async #hasEnded() {
    return this.session.getTitle().then(
      () => false,
      () => true,
    );
  }
}

/** Where the app keeps its files, and which gateway it starts. @param {string} folder */
function environment(folder) {
  // The one beside it the app finds by itself, as it does on a person's machine.
  const gateway = server();
  const beside = dirname(gateway) === dirname(app());
  return { SIGNALBOX_CONSOLE_DIR: folder, ...(beside ? {} : { SIGNALBOX_SERVER: gateway }) };
}

/** @param {string} id @param {string} more */
function selector(id, more) {
  return `[data-testid="${id}"]${more}`;
}

/** A row may be replaced between finding and reading it; then it is looked for again. */
async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    if (TRANSIENT.has(error.name)) return undefined;
    throw error;
  }
}

const TRANSIENT = new Set([
  'StaleElementReferenceError',
  'ElementClickInterceptedError',
  'ElementNotInteractableError',
  'NoSuchElementError',
]);

/** @param {import('selenium-webdriver').WebElement} element */
async function shown(element) {
  return attempt(() => element.isDisplayed());
}
