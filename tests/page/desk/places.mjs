/** Where the programs and the page are that the stories use, and where they leave what a person looks at afterwards. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

export const host = there(join(target, 'debug/signalbox-page-host'), 'cargo build');
/** The page as it is built for the app. */
export const page = there(join(root, 'ui/dist'), 'npm run build in ui');
/** What a screen reader was told when somebody last looked. */
export const outlines = join(root, 'tests/page/outlines');
/** Logs of all programs, and pictures of what failed. */
export const remains = join(target, 'page');

/** @param {string} path @param {string} remedy */
function there(path, remedy) {
  if (!existsSync(path)) throw new Error(`${path} is not there: run ${remedy} first`);
  return path;
}
