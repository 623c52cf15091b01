/** What an operator does that lasts, and how it is undone. */
import assert from 'node:assert/strict';

import { OPERATOR } from '../desk/gateway.mjs';
import { signIn } from '../desk/paths.mjs';
import { story } from '../desk/story.mjs';
import { until } from '../desk/wait.mjs';

const MALLORY = { id: 4711, name: 'mallory' };
const ROW = `[data-key="${MALLORY.id}"]`;

story('a ban keeps a user out, stands in the audit log, and can be undone and done again', {}, async (scene) => {
  const { console } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  const mallory = await gateway.user(MALLORY.id, MALLORY.name);
  await console.click('nav-people');
  await console.click('people-row', ROW);

  // It is shown whom it touches; then the client is told, closed, and not let in again.
  await console.click('ban');
  await console.says('ban-dialog', /mallory/);
  await console.fill('dialog-reason', 'spam in the lobby');
  await console.click('dialog-confirm');
  assert.deepEqual((await mallory.hears('kicked')).code, 'banned');
  await mallory.isClosed();
  await console.gone('people-row', ROW);
  const refused = await gateway.knock(MALLORY.id, MALLORY.name);
  assert.equal(await refused.hears('refused'), 'banned');

  // At once undone.
  await console.click('toast-action');
  await console.gone('toast-action');
  const back = await gateway.user(MALLORY.id, MALLORY.name);

  // Banned by a backend, lifted from the list, and that undone as well.
  await gateway.ban(MALLORY.id, 'spam again');
  await back.isClosed();
  await console.click('nav-bans');
  await console.click('bans-row');
  await console.click('lift-ban');
  await console.gone('bans-row');
  await console.click('toast-action');
  await console.says('bans-row', /spam again/);
  const again = await gateway.knock(MALLORY.id, MALLORY.name);
  assert.equal(await again.hears('refused'), 'banned');

  await console.click('nav-audit');
  await console.says('audit-row', /4711/);
});

story('an alert is taken on, and so is no longer loud', {}, async (scene) => {
  const { console } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await console.says('nav-alerts', /1/);
  await console.see('open-alert');
  await console.click('nav-alerts');
  await console.click('alerts-row');
  await console.click('acknowledge-alert');
  await console.says('inspector', /ann/);

  // The rail counts it no more, and the overview does not list it.
  await console.says('nav-alerts', /^\D*$/);
  await console.click('nav-overview');
  await console.gone('open-alert');
});

// Pings that a sleeper misses soon.
const IMPATIENT = { SIGNALBOX_TRANSPORT__PING_INTERVAL: '1s', SIGNALBOX_TRANSPORT__PING_TIMEOUT: '1s' };

story('a console that has slept shows what it has missed', {}, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway(IMPATIENT);
  await signIn(console, gateway.url, OPERATOR);
  await gateway.user(7, 'bob');
  await console.click('nav-people');
  await console.see('people-row', '[data-key="7"]');

  const [pid] = await desktop.processes('signalbox');
  process.kill(pid, 'SIGSTOP');
  try {
    await until('the gateway has given it up', 20_000, async () => (await gateway.sockets('/admin')) === 0);
    await gateway.user(8, 'eve');
    await gateway.report('system.warning', { message: 'Nobody was looking', level: 'high' });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await console.see('people-row', '[data-key="8"]');
  await desktop.notification('Nobody was looking');
  await console.click('nav-overview');
  await console.says('notable', /Gateway back: nothing was missed/);
});
