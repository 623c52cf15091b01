/** The gateway that the console brings with it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Key } from 'selenium-webdriver';

import { Client } from '../desk/gateway.mjs';
import { secretOf } from '../desk/keychain.mjs';
import { freePort } from '../desk/places.mjs';
import { story } from '../desk/story.mjs';
import { userToken } from '../desk/token.mjs';
import { until } from '../desk/wait.mjs';

story('a gateway on this machine is one click away, keeps its secret, and ends with the window', {}, async (scene) => {
  const { console, desktop } = scene;
  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);

  const [pid] = await desktop.processes('signalbox-server');
  assert.ok(pid, 'the gateway is a process of its own');
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  assert.ok(command.includes('--secret-stdin'), command);
  assert.doesNotMatch(command, /secret[= ](?!stdin)/, 'a secret in the arguments is in every process list');
  for (const file of await readdir(join(console.folder, 'config'))) {
    const text = await readFile(join(console.folder, 'config', file), 'utf8');
    assert.doesNotMatch(text, /secret|token|password/i, `${file} holds no secret`);
  }

  await console.close();
  await until('the gateway has ended', 15_000, async () => (await desktop.processes('signalbox-server')).length === 0);
});

story('a local gateway that crashes is reported and started again, and says so in its log', {}, async (scene) => {
  const { console, desktop } = scene;
  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);
  await console.click('nav-local');
  await console.says('local-log', /accepting connections/);
  await console.see('local-gateway', '[data-state="running"]');
  const [pid] = await desktop.processes('signalbox-server');

  process.kill(pid, 'SIGKILL');
  await desktop.notification('The gateway on this machine ended');
  await until('another one runs', 20_000, async () => {
    const [next] = await desktop.processes('signalbox-server');
    return next !== undefined && next !== pid;
  });
  await console.see('local-gateway', '[data-state="running"]');
  await console.see('status-link', '[data-state="live"]', 45_000);

  await console.click('local-stop');
  await console.see('local-gateway', '[data-state="stopped"]');
  assert.deepEqual(await desktop.processes('signalbox-server'), []);
});

story('who quits is asked where that ends the local gateway for somebody, and can leave it running', {}, async (scene) => {
  const { console, desktop } = scene;
  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);
  const [pid] = await desktop.processes('signalbox-server');
  await console.click('nav-local');
  const address = await until('it says where it runs', 15_000, async () => {
    const [now] = (await (await console.see('local-state')).getProperty('innerText')).match(/127\.0\.0\.1:\d+/) ?? [];
    return now;
  });
  const secret = await secretOf(desktop.env.DBUS_SESSION_BUS_ADDRESS, 'signalbox', 'local-gateway');
  const bob = new Client(`http://${address}/web`, userToken(secret, 7, 'bob'));
  try {
    await bob.hears('connected');
    await desktop.tray.says(/1 online/);
    // By the window, and from the tray while the window is gone.
    await desktop.closeWindow('Signalbox');
    await console.says('end-dialog', /bob/);
    await console.press(Key.ESCAPE);
    await console.gone('end-dialog');
    await desktop.tray.choose(/^Quit/);
    await console.says('end-dialog', /bob/);
    assert.equal(bob.closed, undefined, 'nothing has happened so far');

    await console.click('dialog-leave');
    await console.ended();
    assert.deepEqual(await desktop.processes('signalbox-server'), [pid], 'it goes on');
    assert.equal(bob.closed, undefined, 'and so does he');
    const again = await scene.reopen();
    await again.click('status-local');
    await again.says('local-state', /before this console/);
    await again.click('local-stop');
    await again.click('dialog-confirm');
    await bob.isClosed();
    await again.see('local-gateway', '[data-state="stopped"]');
  } finally {
    bob.close();
    for (const left of await desktop.processes('signalbox-server')) process.kill(left, 'SIGKILL');
  }
});

const LEFT = { preferences: { local: { port: 0, leaveRunning: true } } };

story('a local gateway that is left running is found again, and ends when it is told to', LEFT, async (scene) => {
  const { desktop } = scene;
  await scene.console.fill('start-local-port', '0');
  await scene.console.click('start-local');
  await scene.console.see('status-link', '[data-state="live"]', 30_000);
  const [pid] = await desktop.processes('signalbox-server');
  try {
    await scene.console.close();
    assert.deepEqual(await desktop.processes('signalbox-server'), [pid], 'it goes on');

    const again = await scene.reopen();
    await again.click('status-local');
    await again.says('local-state', /before this console/);
    await again.says('local-log', /accepting connections/);
    await again.click('local-stop');
    await again.see('local-gateway', '[data-state="stopped"]');
    assert.deepEqual(await desktop.processes('signalbox-server'), []);
  } finally {
    for (const left of await desktop.processes('signalbox-server')) process.kill(left, 'SIGKILL');
  }
});

story('a local gateway is restarted on the port and in the folder that one names, and starts with the console', {}, async (scene) => {
  const { console, desktop } = scene;
  const [port, folder] = [await freePort(), join(desktop.home, 'elsewhere')];
  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);
  await console.click('nav-local');
  await console.see('local-gateway', '[data-state="running"]');
  const [pid] = await desktop.processes('signalbox-server');

  await console.fill('local-port', `${port}`);
  await console.fill('local-folder', folder);
  await console.click('local-restart');
  await console.says('local-state', new RegExp(`127\\.0\\.0\\.1:${port}\\D`), '', 30_000);
  await console.see('status-link', '[data-state="live"]', 30_000);
  const [next] = await desktop.processes('signalbox-server');
  assert.notEqual(next, pid, 'another process');
  const data = await readdir(folder);
  assert.ok(data.some((name) => name.endsWith('.db')), `${data}`);

  await console.click('local-start-with-console');
  const kept = join(console.folder, 'config/preferences.json');
  await until('it is kept', 10_000, async () => JSON.parse(await readFile(kept, 'utf8')).local.startWithConsole);
  await console.close();
  await until('the gateway has ended', 15_000, async () => (await desktop.processes('signalbox-server')).length === 0);

  const again = await scene.reopen();
  await again.see('status-link', '[data-state="live"]', 45_000);
  await again.click('nav-local');
  await again.says('local-state', new RegExp(`127\\.0\\.0\\.1:${port}\\D`));
});
