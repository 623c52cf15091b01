/**
 * Whether everybody can use what the page shows: what axe finds, what a screen reader is told, what the Tab key reaches.
 *
 * It must never know which page that is.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { until } from '../../window/desk/wait.mjs';
import { outlines } from './places.mjs';

/** `UPDATE_OUTLINES=1 npm test` takes what is there now for right; look at the difference before it is committed. */
const UPDATE = process.env.UPDATE_OUTLINES === '1';

/** @param {import('./browser.mjs').Browser} browser @param {string} name of what is shown, and of its outline */
export async function everybodyCanUse(browser, name) {
  const outline = await browser.outline();
  assert.deepEqual(await browser.violations(), [], `axe, on ${name}`);
  await compare(name, outline);
  await everyControlIsReached(browser, name);
}

/** @param {string} name @param {string} outline */
async function compare(name, outline) {
  const file = join(outlines, `${name}.yml`);
  if (UPDATE) {
    await mkdir(outlines, { recursive: true });
    await writeFile(file, outline);
    return;
  }
  assert.ok(existsSync(file), `${file} is not there: UPDATE_OUTLINES=1 npm test writes it`);
  assert.equal(outline, await readFile(file, 'utf8'), `what a screen reader is told of ${name}`);
}

/** With the Tab key alone, as somebody does who has no mouse. A table is one stop: arrows lead further. */
async function everyControlIsReached(browser, page) {
  const wanted = await browser.page.evaluate(() => {
    const controls = [...document.querySelectorAll('button, input, select, textarea, a[href], [tabindex="0"]')].filter(
      (element) => element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility(),
    );
    // Of a group of radio buttons one is a stop.
    const stops = controls.filter(
      (element) => element.type !== 'radio' || element.checked || !document.querySelector(`[name="${element.name}"]:checked`),
    );
    stops.forEach((element, index) => (element.dataset.stop = `${index}`));
    return stops.length;
  });
  const reached = new Set();
  const unseen = [];
  await browser.page.evaluate(() => document.activeElement?.blur());
  await until(`Tab reaches all ${wanted} controls of ${page}`, 20_000, async () => {
    await browser.press('Tab');
    const at = await browser.page.evaluate(() => {
      const element = document.activeElement;
      // A field is marked by its frame, a table by its row.
      const frames = [element, element.parentElement, element.parentElement?.parentElement, element.closest('label')];
      const rows = element.role === 'grid' ? [...element.querySelectorAll('[role="row"]')] : [];
      const marked = [...frames, ...rows].filter(Boolean).some((one) => {
        const { outlineStyle, boxShadow } = getComputedStyle(one);
        return outlineStyle !== 'none' || boxShadow !== 'none';
      });
      return { stop: element.dataset.stop, what: element.outerHTML.slice(0, 120), marked };
    });
    if (at.stop !== undefined) reached.add(at.stop);
    if (at.stop !== undefined && !at.marked) unseen.push(at.what);
    return reached.size >= wanted;
  });
  assert.deepEqual([...new Set(unseen)], [], `where the focus is can be seen, on ${page}`);
  await browser.page.evaluate(() => document.querySelectorAll('[data-stop]').forEach((element) => delete element.dataset.stop));
}
