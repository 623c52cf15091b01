/** The gateway that the console brings with it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { story } from '../desk/story.mjs';
import { until } from '../desk/wait.mjs';

story('a gateway on this machine is one click away, keeps its secret, and ends with the window', {}, async (scene) => {
  const { console, desktop } = scene;
  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);

  const [gateway] = await commandsOf('signalbox-server', desktop.home);
  assert.ok(gateway, 'the gateway is a process of its own');
  assert.ok(gateway.includes('--secret-stdin'), gateway);
  assert.doesNotMatch(gateway, /secret[= ](?!stdin)/, 'a secret in the arguments is in every process list');
  for (const file of await readdir(join(console.folder, 'config'))) {
    const text = await readFile(join(console.folder, 'config', file), 'utf8');
    assert.doesNotMatch(text, /secret|token|password/i, `${file} holds no secret`);
  }

  await console.close();
  await until('the gateway has ended', 15_000, async () => (await commandsOf('signalbox-server', desktop.home)).length === 0);
});

/** The command lines of the processes with this program that work below this folder. @param {string} program @param {string} home */
async function commandsOf(program, home) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process that has just ended has no command line any more.
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (text) => text.split('\0').filter(Boolean),
      () => [],
    );
    if (words[0]?.endsWith(program) && words.some((word) => word.startsWith(home))) found.push(words.join(' '));
  }
  return found;
}
