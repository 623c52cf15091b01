/** The console as a citizen of the desktop: tray, one instance, closing, notifications, what is remembered. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Key } from 'selenium-webdriver';

import { OPERATOR } from '../desk/gateway.mjs';
import { signIn } from '../desk/paths.mjs';
import { story } from '../desk/story.mjs';
import { until } from '../desk/wait.mjs';

const TITLE = 'Signalbox';
const ASKS = { preferences: { onClose: 'ask' } };
/** The whole day is quiet. */
const QUIET = { onClose: 'quit', rules: { quiet: { on: true, from: '00:00', until: '00:00' } } };

story('the tray says how everything is, and who chooses it there comes back or ends', ASKS, async (scene) => {
  const { console, desktop } = scene;
  const { tray } = desktop;
  const menu = await tray.says(/^Offline$/);
  assert.deepEqual(menu.slice(1), ['Show Signalbox', 'Settings…', 'Quit Signalbox']);
  const offline = await tray.picture();

  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  await tray.says(/^Healthy · 0 online$/);
  assert.notEqual(await tray.picture(), offline, 'each state has a picture of its own');
  await gateway.user(7, 'bob');
  await tray.says(/^Healthy · 1 online$/);
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await tray.says(/^Warning · 1 online$/);

  // The first time it is asked what closing means. The watch goes on.
  await desktop.closeWindow(TITLE);
  await console.see('leave-dialog');
  // Who thinks better of it is asked again the next time.
  await console.press(Key.ESCAPE);
  await console.gone('leave-dialog');
  await desktop.closeWindow(TITLE);
  await console.see('leave-dialog');
  await console.click('leave-hide');
  await until('the window is gone', 10_000, async () => !(await desktop.shows(TITLE)));
  await gateway.user(8, 'eve');
  await tray.says(/^Warning · 2 online$/);

  // It comes back from the tray, and by a second start, which then ends.
  await tray.choose(/^Show/);
  await until('the window is back', 10_000, () => desktop.shows(TITLE));
  await desktop.closeWindow(TITLE);
  await until('the window is gone without a question', 10_000, async () => !(await desktop.shows(TITLE)));
  assert.equal(await console.startAgain(), 'exit code 0');
  await until('the window is back', 10_000, () => desktop.shows(TITLE));

  await tray.choose(/^Quit/);
  await console.ended();
});

story('a click on a notification opens the page that it is about, from the tray too', { preferences: { onClose: 'hide' } }, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  await console.click('nav-people');
  await desktop.closeWindow(TITLE);
  await until('the window is gone', 10_000, async () => !(await desktop.shows(TITLE)));

  await gateway.report('system.error', { message: 'Payments are down', level: 'high' });
  await desktop.notification('Payments are down');
  await desktop.clickNotification();
  await until('the window is back', 10_000, () => desktop.shows(TITLE));
  await console.see('nav-alerts', '[aria-current="page"]');
});

story('by one’s own rules less is shown', { preferences: { onClose: 'quit', rules: { warnings: 'high' } } }, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  await gateway.report('system.warning', { message: 'Not worth a word', level: 'low' });
  await gateway.report('system.warning', { message: 'Worth a word', level: 'high' });
  await desktop.notification('"Worth a word"');
  assert.ok(!desktop.notified('Not worth a word'));
});

story('in quiet hours nothing is shown, and when they end one summary of it', { preferences: QUIET }, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  for (const message of ['Disk almost full', 'Disk full']) {
    await gateway.report('system.warning', { message, level: 'high' });
  }
  await console.says('nav-alerts', /2/);
  await console.click('preferences');
  await console.click('quiet-on');
  await desktop.notification('2 more notices');
  assert.ok(!desktop.notified('Disk'), 'none was shown by itself');

  // Now it is loud: five of a burst are shown, and what is more is one.
  const failures = Array.from({ length: 9 }, (_, nth) => `Payment ${nth} failed`);
  for (const message of failures) await gateway.report('system.error', { message });
  await desktop.notification(/[4-9] more notices/, 30_000);
  const shown = failures.filter((message) => desktop.notified(message));
  assert.ok(shown.length > 0 && shown.length <= 5, `${shown} were shown by themselves`);
});

story('settings are kept over a restart, and so is the window', {}, async (scene) => {
  const { console, desktop } = scene;
  await console.click('preferences');
  await console.see('settings');
  await console.click('theme-dark');
  await console.click('warnings-high');
  await console.click('quiet-on');
  await console.see('quiet-from');
  await console.click('on-close-quit');
  await console.click('start-at-login');
  await until('it starts at login, in the tray', 10_000, async () => / --in-the-tray$/m.test(await atLogin(desktop)));
  await until('the page is dark', 10_000, async () =>
    console.session.executeScript('return document.documentElement.dataset.theme === "dark"'),
  );
  await desktop.resizeWindow(TITLE, 1020, 700);
  await hasWidth(console, 1020);
  // Larger by keys: there is room for less.
  await console.press(Key.CONTROL, '=');
  await console.press(Key.CONTROL, '=');
  await hasWidth(console, 1020 / 1.25);
  await console.close();

  const again = await scene.reopen();
  await hasWidth(again, 1020 / 1.25);
  // The driver clicks beside what it means while the page is larger.
  await again.press(Key.CONTROL, '0');
  await hasWidth(again, 1020);
  await again.click('preferences');
  await again.see('theme-dark', ':checked');
  await again.see('warnings-high', ':checked');
  await again.see('quiet-on', ':checked');
});

/** What the desktop starts when somebody signs in to it. */
async function atLogin(desktop) {
  const folder = join(desktop.home, '.config/autostart');
  const entries = await readdir(folder).catch(() => []);
  return (await Promise.all(entries.map((entry) => readFile(join(folder, entry), 'utf8')))).join('\n');
}

/** Waits until the page is so wide, in its own pixels. */
function hasWidth(console, width) {
  return until(`the page is ${width} wide`, 10_000, () =>
    console.session.executeScript('return innerWidth === arguments[0]', width),
  );
}
