import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readJson, type Mistake } from './json';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('reading data', () => {
  it('takes what JSON.parse takes, with the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readJson(text);
        if ('value' in read) expect(read.value).toEqual(JSON.parse(text));
        else expect(read.place.mistake).toBe('inexact');
      }),
    );
  });

  it('refuses what JSON.parse refuses, at a place inside the text', () => {
    const cut = fc.tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', ',', '}', '"', "'", '\\', 'x', '\n', '0'),
    );
    fc.assert(
      fc.property(cut, ([text, at, extra]) => {
        const place = at % (text.length + 1);
        const broken = text.slice(0, place) + extra + text.slice(place + 1);
        const read = readJson(broken);
        if ('value' in read) expect(isJson(broken)).toBe(true);
        else {
          expect(isJson(broken) && read.place.mistake !== 'inexact').toBe(false);
          const line = broken.split('\n')[read.place.line - 1];
          expect(read.place.column).toBeLessThanOrEqual((line ?? '').length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Mistake, number, number]>([
    ['', 'end', 1, 1],
    ['{"a": 1,}', 'trailingComma', 1, 9],
    ['[1, 2', 'end', 1, 6],
    ['{a: 1}', 'quotes', 1, 2],
    ["{'a': 1}", 'quotes', 1, 2],
    ['{\n  "a": yes\n}', 'quotes', 2, 8],
    ['{\n  "a": 1\n  "b": 2\n}', 'unexpected', 3, 3],
    ['"a\nb"', 'control', 1, 3],
    ['"\\x"', 'escape', 1, 2],
    ['{"id": 12345678901234567890}', 'inexact', 1, 8],
    ['01', 'unexpected', 1, 2],
    ['{} {}', 'unexpected', 1, 4],
    ['"open', 'end', 1, 6],
  ])('says of %j: %s at line %i, column %i', (text, mistake, line, column) => {
    expect(readJson(text)).toEqual({ place: { mistake, line, column } });
  });
});
