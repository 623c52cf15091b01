/** The gallery shows the whole kit: each component by itself, or where it is only a part, within the one that it is a part of. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.svelte'))
    .map((path) => ({ path: join(folder, path), source: readFileSync(join(folder, path), 'utf8') }));
const kit = read('src/kit');
const outside = read('src').filter(({ path }) => !path.startsWith(join('src', 'kit')));
const gallery = read('gallery');

const shows = (name: string) => {
  const imported = new RegExp(`(\\./|/kit/|/kit/table/|/kit/chart/)${name}\\.svelte'`);
  return ({ source }: { source: string }) => imported.test(source);
};

describe('the gallery', () => {
  it.each(kit.map(({ path }) => [basename(path, '.svelte')]))('shows %s', (name) => {
    const isPart = !outside.some(shows(name)) && kit.some(shows(name));
    expect(isPart || gallery.some(shows(name))).toBe(true);
  });
});
