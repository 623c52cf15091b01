/**
 * The package, as a person gets it: installed, started, used and removed, by `cargo xtask dist`.
 *
 * Told by the environment: SIGNALBOX_PACKAGE, the `.deb`. It goes into a folder of its own, beside a copy of the machine's
 * list of packages, so that what the package depends on is really looked for and nothing of the machine is touched.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';

import { descendants } from './desk/proc.mjs';

const { SIGNALBOX_PACKAGE: file } = process.env;
if (!file) throw new Error('run `cargo xtask dist`, which makes the package');

const root = await mkdtemp(join(tmpdir(), 'signalbox-installed-'));
after(() => rm(root, { recursive: true, force: true }));

/** @param {...string} words */
async function dpkg(...words) {
  const args = [`--root=${root}`, `--log=${join(root, 'dpkg.log')}`, ...words];
  // Whoever is not root owns the files only as far as dpkg is made to believe it.
  const [program, ...rest] = process.getuid?.() === 0 ? ['dpkg', ...args] : ['fakeroot', 'dpkg', ...args];
  const { PATH } = process.env;
  return promisify(execFile)(program, rest, { env: { ...process.env, PATH: `${PATH}:/usr/sbin:/sbin` } });
}

const list = join(root, 'var/lib/dpkg');
for (const folder of ['info', 'updates', 'triggers']) await mkdir(join(list, folder), { recursive: true });
await copyFile('/var/lib/dpkg/status', join(list, 'status'));
await writeFile(join(list, 'available'), '');
await dpkg('--install', file);

// From here on the programs are the installed ones.
process.env.SIGNALBOX_APP = join(root, 'usr/bin/signalbox');
process.env.SIGNALBOX_SERVER = join(root, 'usr/bin/signalbox-server');
const { story } = await import('./desk/story.mjs');

story('the package brings an app for the menu and its gateway, and leaves nothing behind', {}, async (scene) => {
  const { console } = scene;
  const [entry] = (await readdir(join(root, 'usr/share/applications'))).filter((name) => name.endsWith('.desktop'));
  assert.match(await readFile(join(root, 'usr/share/applications', entry), 'utf8'), /^Exec=signalbox\b/m);
  const icons = await readdir(join(root, 'usr/share/icons/hicolor'));
  assert.ok(icons.includes('128x128'), icons.join(', '));

  await console.fill('start-local-port', '0');
  await console.click('start-local');
  await console.see('status-link', '[data-state="live"]', 30_000);
  const names = (await descendants(console.program.pid)).map(({ name }) => name);
  assert.ok(names.includes('signalbox-serve') || names.includes('signalbox-server'), `its own gateway: ${names}`);
  await console.close();

  await dpkg('--purge', 'signalbox');
  const left = await readdir(join(root, 'usr'), { recursive: true, withFileTypes: true }).catch(() => []);
  assert.deepEqual(left.filter((one) => !one.isDirectory()).map(({ name }) => name), []);
});
