/**
 * Pictures of every page, light and dark, of the real console on a lively gateway: `cargo xtask shot`.
 *
 * Told by the environment: SIGNALBOX_DEMO, the demo's program; SIGNALBOX_SHOTS, the folder for the pictures; and
 * SIGNALBOX_SHOTS_AFTER, for how many seconds the console watches before it is pictured, so that its charts have a past.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { By } from 'selenium-webdriver';

import { Console } from './desk/console.mjs';
import { Desktop } from './desk/desktop.mjs';
import { connect, enter } from './desk/paths.mjs';
import { until } from './desk/wait.mjs';

const { SIGNALBOX_DEMO: demo, SIGNALBOX_SHOTS: folder, SIGNALBOX_SHOTS_AFTER: after = '0' } = process.env;
if (!demo || !folder) throw new Error('run `cargo xtask shot`, which says where the demo and the pictures are');

await mkdir(folder, { recursive: true });
// The screen is larger than the window, which so keeps its size with a frame around it.
const desktop = await Desktop.start({ logs: join(folder, 'logs'), width: 1400, height: 920 });
try {
  const population = desktop.run('demo', demo, ['--json', '--port', '0']);
  const gateway = await population.line((line) => line.startsWith('{') && JSON.parse(line), 60_000);
  const console = await Console.open(desktop);

  await console.see('start-local');
  await inBoth(console, 'welcome');
  await console.fill('connect-name', 'Demo');
  await connect(console, gateway.url);
  await console.see('sign-in');
  await inBoth(console, 'sign-in');
  await enter(console, gateway);
  await console.see('status-link', '[data-state="live"]');
  // The console watches meanwhile: what it tells of the past it has seen itself.
  await new Promise((resolve) => setTimeout(resolve, Number(after) * 1000));

  for (const page of await pages(console)) {
    await console.click(page);
    await inBoth(console, page.replace('nav-', ''));
  }
  await console.click('nav-people');
  await console.click('people-row', ':nth-of-type(4)');
  await console.see('inspector');
  await inBoth(console, 'people-inspector');
  await console.click('disconnect');
  await console.see('dialog-confirm');
  await inBoth(console, 'disconnect');
  await console.close();
} finally {
  await desktop.stop();
}

/** What the window shows now, light and dark. @param {Console} console @param {string} name */
async function inBoth(console, name) {
  for (const theme of ['light', 'dark']) {
    await wear(console, theme);
    await still(console);
    await console.picture(join(folder, `${name}-${theme}.png`));
    process.stdout.write(`${name}-${theme}.png\n`);
  }
}

/** Chooses a theme the way the preferences do, without leaving what is open. @param {Console} console @param {string} theme */
async function wear(console, theme) {
  await console.session.executeAsyncScript(
    `const done = arguments[1];
     const args = { theme: arguments[0], language: 'en', notifications: false, onClose: 'quit' };
     window.__TAURI_INTERNALS__.invoke('call', { call: { call: 'savePreferences', args } }).then(done, done);`,
    theme,
  );
  await until(`the page is ${theme}`, 10_000, () =>
    console.session.executeScript('return document.documentElement.dataset.theme === arguments[0]', theme),
  );
}

/** The test ids of the pages in the rail, whatever pages there are. @param {Console} console */
async function pages(console) {
  const entries = await console.session.findElements(By.css('[data-testid^="nav-"]'));
  return Promise.all(entries.map((entry) => entry.getAttribute('data-testid')));
}

/** Waits until nothing moves: fonts are there, transitions have ended, and data had two turns to come. @param {Console} console */
async function still(console) {
  await console.session.executeAsyncScript(`
    const done = arguments[arguments.length - 1];
    const ended = Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished.catch(() => undefined)));
    Promise.all([document.fonts.ready, ended]).then(() => setTimeout(done, 2200));
  `);
}
