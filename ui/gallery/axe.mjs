/**
 * Asks axe whether everybody can use every scene of the window: `npm run axe`, or `npm run axe -- people` for those whose
 * name has that word. Says what is wrong, where, and how it is mended; fails where there is something.
 */
import process from 'node:process';
import axe from 'axe-core';
import { visit } from './scenes.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let found = 0;
const sound = await visit(process.argv[2] ?? '', async (page, name) => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run({ runOnly: tags, resultTypes: ['violations'] }),
    TAGS,
  );
  for (const { id, help, nodes } of violations) {
    found += 1;
    process.stdout.write(`${name}: ${id}: ${help}\n`);
    for (const { target, failureSummary } of nodes.slice(0, 4)) {
      process.stdout.write(`  ${target.join(' ')}\n    ${failureSummary?.replaceAll('\n', '\n    ')}\n`);
    }
    if (nodes.length > 4) process.stdout.write(`  and ${nodes.length - 4} more\n`);
  }
});
process.stdout.write(found === 0 ? 'axe finds nothing\n' : `axe finds ${found}\n`);
if (found > 0 || !sound) process.exitCode = 1;
