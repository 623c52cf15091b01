import { describe, expect, it } from 'vitest';

import { continued, isGap, type Line } from './tail';

interface Row {
  key: number;
}

const rows = (...keys: number[]): Row[] => keys.map((key) => ({ key }));
const shown = (lines: readonly Line<Row>[]) =>
  lines.map((line) => (isGap(line) ? `${line.missing ?? '?'} missing` : line.key));

describe('the lines of a tail', () => {
  it('tell between which rows something is missing', () => {
    const lines = continued<Row>(rows(0, 1), rows(2, 3), [{ before: 3, missing: 4 }], 10);
    expect(shown(lines)).toEqual([0, 1, 2, '4 missing', 3]);
  });

  it('add up what is missing where no row is shown in between', () => {
    const once = continued<Row>(rows(0), [], [{ before: 1, missing: 4 }], 10);
    const grown = continued(once, [], [{ before: 1, missing: 2 }], 10);
    const twice = continued(grown, rows(7), [{ before: 3, missing: 1 }], 10);
    expect(shown(twice)).toEqual([0, '7 missing', 7]);
    expect(shown(continued(once, [], [{ before: 3, missing: null }], 10))).toEqual([0, '? missing']);
  });

  it('end with the oldest row that is kept', () => {
    const before = continued<Row>([], rows(0, 1, 2), [{ before: 1, missing: 4 }], 3);
    expect(shown(before)).toEqual([0, '4 missing', 1, 2]);
    const after = continued(before, rows(3), [{ before: 3, missing: 1 }], 3);
    expect(shown(after)).toEqual(['4 missing', 1, 2, '1 missing', 3]);
    expect(shown(continued(after, rows(4), [], 3))).toEqual([2, '1 missing', 3, 4]);
  });
});
