/** Text can be read: every pair of ink and ground in use has the contrast that WCAG 2.2 AA asks for, in both themes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/kit/tokens.css', 'utf8');

function read(block: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key = '', value = ''] of block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)) found[key] = value;
  return found;
}

function theme(name: 'light' | 'dark'): Record<string, string> {
  const [light = '', dark = ''] = css.split(":root[data-theme='dark']");
  return name === 'light' ? read(light) : { ...read(light), ...read(dark) };
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['rail', 'bg', 'surface', 'raise', 'hover', 'selected'];
const PAIRS = [
  ...['text', 'dim', 'faint', 'accent', 'ok', 'warn', 'bad'].flatMap((ink) => GROUNDS.map((ground) => [ink, ground])),
  ...['accent', 'ok', 'warn', 'bad'].flatMap((tone) => [
    [tone, `${tone}-soft`],
    ['text', `${tone}-soft`],
    ['dim', `${tone}-soft`],
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-bad', 'bad'],
  ['on-bad', 'bad-hover'],
] as [string, string][];

describe.each(['light', 'dark'] as const)('the %s theme', (name) => {
  const tokens = theme(name);
  it.each(PAIRS)('can be read: %s on %s', (ink, ground) => {
    expect(contrast(tokens[ink] ?? '', tokens[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
