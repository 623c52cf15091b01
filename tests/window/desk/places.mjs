/**
 * Where the programs are that the stories use, and where they leave what a person looks at afterwards. A program is looked for
 * where it is asked for: stories of the page need the gateway, and neither the app nor what drives it.
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** The app as a person starts it; the gateway is beside it. */
export const app = () => program(process.env.SIGNALBOX_APP ?? join(target, 'debug/signalbox'), 'cargo build');
export const server = () =>
  program(process.env.SIGNALBOX_SERVER ?? join(target, 'debug/signalbox-server'), 'cargo build');
export const driver = () =>
  program(process.env.TAURI_DRIVER ?? join(target, 'tools/bin/tauri-driver'), 'cargo xtask test, which installs it,');

/** Logs of all programs, and screenshots of what failed. */
export const remains = process.env.SIGNALBOX_WINDOW_LOGS ?? join(target, 'window');

/** A port that was free a moment ago, for programs that cannot take port 0. */
export async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** @param {string} path @param {string} remedy */
function program(path, remedy) {
  if (!existsSync(path)) throw new Error(`${path} is not there: run ${remedy} first`);
  return path;
}
