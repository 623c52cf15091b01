/** Tables that go into files. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { OPERATOR } from '../desk/gateway.mjs';
import { signIn } from '../desk/paths.mjs';
import { story } from '../desk/story.mjs';
import { until } from '../desk/wait.mjs';

story('a table goes where the system’s own dialog says, and no cell of it is a formula', {}, async (scene) => {
  const { console, desktop } = scene;
  const gateway = await scene.gateway();
  await gateway.user(7, '=cmd|calc');
  await gateway.user(8, 'ben');
  await signIn(console, gateway.url, OPERATOR);
  await console.click('nav-people');
  await console.see('people-row', '[data-key="8"]');

  await console.click('export');
  await console.click('export-choose');
  const path = join(desktop.home, 'people.csv');
  await desktop.saveAs(path);
  const text = await until('the file is there', 15_000, () => readFile(path, 'utf8').catch(() => undefined));
  await console.gone('export-dialog');
  const lines = text.replace('\ufeff', '').split('\r\n');
  assert.match(lines[0], /^name,id,/);
  assert.ok(lines.some((line) => line.startsWith("'=cmd|calc,7,")), text);
  assert.ok(lines.some((line) => line.startsWith('ben,8,')), text);
  assert.deepEqual((await readdir(desktop.home)).filter((name) => name.endsWith('.part')), []);

  await console.click('export');
  await console.click('export-ndjson');
  await console.click('export-choose');
  await desktop.saveAs('/proc/people.ndjson');
  await console.see('failure', '[data-code="notWritable"]');
  await console.click('export-cancel');
  await console.gone('export-dialog');
});
