/**
 * The page, as it is built for the app, in a Chromium over the real core.
 *
 * Owns how the page is read and touched, in the words that the real window's `Console` has too, so that ways through the
 * console are written once. It must never know a story. Needs a Chromium (`CHROMIUM=path`).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

import { until } from '../../window/desk/wait.mjs';
import { bridge } from './bridge.mjs';
import { flaws } from './flaws.mjs';
import { page as built } from './places.mjs';

/** How long the page may take to show what an action leads to. */
const PATIENCE_MS = 15_000;
/** A page rests when it has been the same for so many looks, twenty a second at most: data come four times a second. */
const REST = 15;
/** Nothing listens there: every file is answered from the folder of the built page. */
const ORIGIN = 'http://127.0.0.1:9';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export class Browser {
  #chromium;
  #program;
  /** What the page threw. @type {string[]} */
  errors = [];

  /**
   * @param {import('playwright-core').Browser} chromium @param {import('playwright-core').Page} page
   * @param {import('../../window/desk/process.mjs').Program} program the console
   */
  constructor(chromium, page, program) {
    this.#chromium = chromium;
    this.#program = program;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /**
   * @param {import('./stage.mjs').Stage} stage @param {object} preferences @param {string} host the console's program
   * @param {import('playwright-core').BrowserContextOptions} [system] what the page is told of the system around it
   */
  static async open(stage, preferences, host, system = {}) {
    const folder = join(stage.home, 'console');
    await mkdir(join(folder, 'config'), { recursive: true });
    await writeFile(join(folder, 'config/preferences.json'), JSON.stringify({ onClose: 'quit', ...preferences }));
    const program = stage.run('host', host, [folder]);
    const { addr } = await program.line((line) => line.startsWith('{') && JSON.parse(line));

    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // A page that came from no address would not be let near the host, which is on this machine.
      args: ['--no-sandbox', '--disable-gpu', '--disable-features=LocalNetworkAccessChecks'],
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...system });
    await page.route(`${ORIGIN}/**`, (route) => {
      const path = new URL(route.request().url()).pathname;
      const file = join(built, path === '/' ? 'index.html' : path);
      return route.fulfill({ path: file, contentType: TYPES[extname(file)] });
    });
    await page.addInitScript(bridge, `ws://${addr}`);
    await page.goto(ORIGIN);
    return new Browser(browser, page, program);
  }

  /** Ends the console and starts another one, which knows what that one has kept. */
  async startAgain() {
    const before = this.#program.lines.length;
    this.#program.write('again\n');
    await until('the next console is there', PATIENCE_MS, () => this.#program.lines.length > before);
    await this.page.reload();
  }

  /** @param {string} id @param {string} [more] a further selector */
  #find(id, more = '') {
    return this.page.locator(`[data-testid="${id}"]${more}`).first();
  }

  /** The element of a test id that is shown. @param {string} id @param {string} [more] */
  async see(id, more = '') {
    const found = this.#find(id, more);
    await found.waitFor({ state: 'visible' });
    return found;
  }

  /** @param {string} id @param {string} [more] */
  async click(id, more = '') {
    await this.#find(id, more).click();
  }

  /** Makes a choice whose button is hidden under its label. @param {string} id */
  async choose(id) {
    await this.page.locator('label', { has: this.#find(id) }).click();
  }

  /** @param {string} id @param {string} text */
  async fill(id, text) {
    await this.#find(id).fill(text);
  }

  /** Waits until an element reads so. @param {string} id @param {RegExp} words @param {string} [more] */
  async says(id, words, more = '') {
    await until(`${id}${more} reads ${words}`, PATIENCE_MS, async () => words.test(await this.#find(id, more).innerText()));
  }

  /** Waits until a field holds a text. @param {string} id @param {string} text */
  async holds(id, text) {
    await until(`${id} holds "${text}"`, PATIENCE_MS, async () => (await this.#find(id).inputValue()) === text);
  }

  /** Waits until the focus is on what has a test id, or on something in it. @param {string} id */
  async isOn(id) {
    await until(`the focus is on ${id}`, PATIENCE_MS, async () => (await this.focused()) === id);
  }

  /** Waits until there is no such element. @param {string} id @param {string} [more] */
  async gone(id, more = '') {
    await this.#find(id, more).waitFor({ state: 'detached' });
  }

  /** Waits until an element cannot be seen, where it stays in the page. @param {string} id */
  async hidden(id) {
    await this.#find(id).waitFor({ state: 'hidden' });
  }

  /** Presses keys one after the other. @param {...string} keys */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses a key until that has the focus, as somebody does who has no mouse. @param {string} id @param {string} [key] */
  async walkTo(id, key = 'Tab') {
    await until(`the focus is on ${id}`, PATIENCE_MS, async () => {
      if ((await this.focused()) === id) return true;
      await this.press(key);
      return false;
    });
  }

  /** What of the page cannot be seen whole, as lines. */
  async flaws() {
    return this.page.evaluate(flaws);
  }

  /** The test id of what has the focus, or of the nearest around it. */
  async focused() {
    return this.page.evaluate(() => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'));
  }

  /** The test ids of what leads to each page in the rail. */
  async pages() {
    const ids = await this.page
      .locator('nav [data-testid^="nav-"]')
      .evaluateAll((links) => links.map((link) => link.dataset.testid));
    return [...ids, 'preferences'];
  }

  /** What axe finds, as lines that say where and why. */
  async violations() {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(
      (tags) => globalThis.axe.run({ runOnly: tags, resultTypes: ['violations'] }),
      RULES,
    );
    return found.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
    );
  }

  /** What a screen reader is told of the page, once it has come to rest: roles and names, without what the data is. */
  async outline() {
    let [before, same] = ['', 0];
    return until('the page comes to rest', PATIENCE_MS, async () => {
      const lines = outlined(await this.page.locator('body').ariaSnapshot());
      same = lines === before ? same + 1 : 0;
      before = lines;
      return same === REST && lines;
    });
  }

  async close() {
    await this.#chromium.close();
  }
}

/** Parts of a page that are the same whatever the data is. */
const LASTING = new RegExp(
  '^\\s*- (banner|button|checkbox|columnheader|combobox|complementary|contentinfo|dialog|grid|heading|img|link|main|navigation' +
    '|radio|radiogroup|region|search|searchbox|spinbutton|switch|tab|table|tablist|textbox|toolbar)\\b',
);
/** Parts that are the data. */
const DATA = /^\s*- (row|rowgroup|cell|gridcell|list|listitem|option|log|status|alert|timer)\b/;

/** @param {string} snapshot */
function outlined(snapshot) {
  const lines = [];
  let skipped = Infinity;
  for (const quoted of snapshot.split('\n')) {
    // YAML puts a name with a colon in it into quotes of its own.
    const line = told(quoted).replace(/^(\s*- )'(.*)'(:?.*)$/, '$1$2$3');
    const depth = line.search(/\S/);
    if (depth > skipped) continue;
    skipped = DATA.test(line) && !/columnheader/.test(line) ? depth : Infinity;
    if (skipped === Infinity && LASTING.test(line)) lines.push(named(line));
  }
  return `${lines.join('\n')}\n`;
}

/** Without the marks that keep the direction of a stranger's name to itself: they are not read out. @param {string} line */
function told(line) {
  return line.replaceAll(/[\u2068\u2069]/g, '');
}

/**
 * The line without what the data has put into the name, which begins with a figure or with the dash for one that is not known
 * yet, and without what it holds. @param {string} line
 */
function named(line) {
  // A chart says what it shows, which is nothing before the first whole minute.
  const still = line.replace(/^(\s*- img "[^:："]*[:：])[^"]*"/, '$1 …"');
  return still.replace(/"([^"\d–]*)[\d–][^"]*"/, '"$1…"').replace(/(["\]]):.*$/, '$1');
}
