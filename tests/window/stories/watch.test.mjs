/** The main job, once through: watch a gateway, act on it, and be told. */
import assert from 'node:assert/strict';

import { OPERATOR } from '../desk/gateway.mjs';
import { signIn } from '../desk/paths.mjs';
import { story } from '../desk/story.mjs';

const MALLORY = { id: 4711, name: 'mallory' };
const BOB = { id: 7, name: 'bob' };

story('an operator watches a gateway, disconnects a user, notifies another, and is warned', {}, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();

  await signIn(console, gateway.url, OPERATOR);
  await console.click('nav-people');

  // A user comes online.
  const mallory = await gateway.user(MALLORY.id, MALLORY.name);
  const row = `[data-key="${MALLORY.id}"]`;
  await console.says('people-row', /mallory/, row);

  // The operator sees whom a disconnect would touch, and does it; the client is told, closed, and gone.
  await console.click('people-row', row);
  await console.see('inspector');
  await console.click('disconnect');
  await console.says('disconnect-dialog', /mallory/);
  await console.fill('dialog-reason', 'flooding the lobby');
  await console.click('dialog-confirm');
  const kicked = await mallory.hears('kicked');
  assert.equal(kicked.code, 'kicked');
  assert.equal(kicked.reason, 'flooding the lobby');
  await mallory.isClosed();
  await console.gone('people-row', row);

  // A notification for one user reaches that user.
  const bob = await gateway.user(BOB.id, BOB.name);
  await console.see('people-row', `[data-key="${BOB.id}"]`);
  await console.click('nav-notify');
  await console.click('notify-target-users');
  await console.fill('notify-users', `${BOB.id}`);
  await console.fill('notify-title', 'Maintenance');
  await console.fill('notify-message', 'The gateway restarts at 22:00.');
  await console.click('notify-send');
  const notified = await bob.hears('user:notification');
  assert.equal(notified.title, 'Maintenance');
  assert.equal(notified.message, 'The gateway restarts at 22:00.');

  // One for everybody is confirmed first, and reaches that user too.
  await console.click('notify-target-all');
  await console.fill('notify-title', 'All clear');
  await console.fill('notify-message', 'The gateway is back.');
  await console.click('notify-send');
  await console.click('dialog-confirm');
  assert.equal((await bob.hears('system:notification')).title, 'All clear');

  // Who floods is seen in the tail of limit hits.
  bob.flood(40, 'room:join', { roomId: 'lobby' });
  await console.click('nav-limits');
  await console.says('limits-row', /bob[\s\S]*room:join/);

  // A backend's warning is shown by the desktop, whatever page is open.
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  assert.match(await desktop.notification('Disk almost full'), /Disk almost full/);
});

story('a gateway that is lost is reported, waited for, and found again', {}, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();
  await signIn(console, gateway.url, OPERATOR);

  await gateway.crash();
  await console.see('status-link', '[data-state="waiting"]');
  await desktop.notification('cannot be reached');

  await gateway.serve();
  await console.see('status-link', '[data-state="live"]', 45_000);
  await console.click('nav-people');
  await gateway.user(BOB.id, BOB.name);
  await console.see('people-row', `[data-key="${BOB.id}"]`);
});

story('a console that is started again is where it was, without a click and without a password', {}, async (scene) => {
  const gateway = await scene.gateway();
  await signIn(scene.console, gateway.url, OPERATOR);
  await scene.console.close();

  const again = await scene.reopen();
  await again.see('status-link', '[data-state="live"]');
  await again.says('status-operator', /ann/);
});
