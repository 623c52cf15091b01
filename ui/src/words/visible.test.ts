import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isolated, stretches, visible, visibleLines } from './visible';

describe('a text from a stranger', () => {
  it.each([
    ['ann', 'ann'],
    ['李雷 🦊', '李雷 🦊'],
    ['<b>ann</b>', '<b>ann</b>'],
    ['a\nb\tc', 'a␊b␉c'],
    ['a\u0000', 'a␀'],
    ['\u007f', '␡'],
    ['ann\u202Etxt.exe', 'ann‹U+202E›txt.exe'],
    ['ad\u200Dmin', 'ad‹U+200D›min'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    ['👩\u200D🚀', '👩\u200D🚀'],
    ['a\u2028b', 'a‹U+2028›b'],
    ['\uFEFF\u00AD', '‹U+FEFF›‹U+00AD›'],
    ['\u{E0041}', '‹U+E0041›'],
  ])('%j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));

  it('is cut where nobody would read on, and never through a sign', () => {
    expect(visible('a'.repeat(10_000_000))).toBe(`${'a'.repeat(2_000)}…`);
    expect(visible(`${'a'.repeat(1_999)}🦊`)).toBe(`${'a'.repeat(1_999)}…`);
    expect(visible('a'.repeat(2_000))).toHaveLength(2_000);
  });

  it('keeps its lines where a place has several', () => {
    expect(visibleLines('{\n  "a": "\u202Eb\t"\n}')).toBe('{\n  "a": "‹U+202E›b␉"\n}');
  });

  it('can neither break its line nor turn the text around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inside = isolated(text).slice(1, -1);
        expect(inside).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
        expect(
          stretches(text)
            .map((stretch) => stretch.text)
            .join(''),
        ).toBe(inside);
      }),
    );
  });
});
