/**
 * Draws the kit and every scene of the window into `target/gallery`, so that one can look at them side by side:
 * `npm run look`, or `npm run look -- people` for those whose name has that word.
 */
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { visit } from './scenes.mjs';

const OUT = fileURLToPath(new URL('../../target/gallery/', import.meta.url));

mkdirSync(OUT, { recursive: true });
const sound = await visit(process.argv[2] ?? '', async (page, name) => {
  await page.screenshot({ path: `${OUT}${name}.png` });
});
process.stdout.write(`${OUT}\n`);
if (!sound) process.exitCode = 1;
