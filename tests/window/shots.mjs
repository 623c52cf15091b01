/**
 * Pictures of every page of the real console on a lively gateway, light and dark, and in Chinese: `cargo xtask shot`.
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

/** How each place is pictured. */
const LOOKS = [
  { name: 'light', theme: 'light', language: 'en' },
  { name: 'dark', theme: 'dark', language: 'en' },
  { name: 'zh', theme: 'light', language: 'zh-CN' },
];

/** What lies behind the pages: its name, the way there, and what is to be seen then. @type {[string, [string, string?][], string][]} */
const CLOSER = [
  ['rooms-inspector', [['nav-rooms'], ['rooms-row', ':nth-of-type(1)']], 'inspector'],
  ['limits-policy', [['nav-limits'], ['limits-policy'], ['policy-row', ':nth-of-type(3)']], 'policy-limit'],
  ['trace-inspector', [['nav-trace'], ['trace-row', ':nth-of-type(2)']], 'inspector'],
  ['gateway-settings', [['nav-gateway'], ['settings-other']], 'setting'],
  ['settings', [['preferences']], 'settings'],
  ['people-inspector', [['nav-people'], ['people-row', ':nth-of-type(4)']], 'inspector'],
  ['disconnect', [['disconnect']], 'dialog-confirm'],
];

await mkdir(folder, { recursive: true });
// The screen is larger than the window, which so keeps its size with a frame around it.
const desktop = await Desktop.start({ logs: join(folder, 'logs'), width: 1400, height: 920 });
try {
  const population = desktop.run('demo', demo, ['--json', '--port', '0']);
  const gateway = await population.line((line) => line.startsWith('{') && JSON.parse(line), 60_000);
  const console = await Console.open(desktop);

  await console.see('start-local');
  await pictured(console, 'welcome');
  await console.fill('connect-name', 'Demo');
  await connect(console, gateway.url);
  await console.see('sign-in');
  await pictured(console, 'sign-in');
  await enter(console, gateway);
  await console.see('status-link', '[data-state="live"]');
  // The console watches meanwhile: what it tells of the past it has seen itself.
  await new Promise((resolve) => setTimeout(resolve, Number(after) * 1000));

  for (const page of await pages(console)) {
    await console.click(page);
    await pictured(console, page.replace('nav-', ''));
  }
  for (const [name, ways, seen] of CLOSER) {
    for (const way of ways) await console.click(...way);
    await console.see(seen);
    await pictured(console, name);
  }
  await console.close();
} finally {
  await desktop.stop();
}

/** What the window shows now, in every look. @param {Console} console @param {string} name */
async function pictured(console, name) {
  for (const look of LOOKS) {
    await wear(console, look);
    await still(console);
    const file = `${name}-${look.name}.png`;
    await console.picture(join(folder, file));
    process.stdout.write(`${file}\n`);
  }
}

/** Chooses a look the way the preferences do, without leaving what is open. @param {Console} console @param {typeof LOOKS[number]} look */
async function wear(console, { theme, language }) {
  await console.session.executeAsyncScript(
    `const [theme, language, done] = arguments;
     const args = { theme, language, notifications: false, onClose: 'quit' };
     window.__TAURI_INTERNALS__.invoke('call', { call: { call: 'savePreferences', args } }).then(done, done);`,
    theme,
    language,
  );
  await until(`the page is ${theme} and speaks ${language}`, 10_000, () =>
    console.session.executeScript(
      'const { dataset, lang } = document.documentElement; return dataset.theme === arguments[0] && lang === arguments[1]',
      theme,
      language,
    ),
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
