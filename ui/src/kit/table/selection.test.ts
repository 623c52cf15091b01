import { describe, expect, it } from 'vitest';
import { extended, toggled } from './selection';

const loaded = { start: 10, rows: ['a', 'b', 'c', 'd'] };
const same = (row: string) => row;

describe('a selection', () => {
  it('takes a row in, and out again', () => {
    const one = toggled(new Set(), 'a');
    expect([...one]).toEqual(['a']);
    expect(toggled(one, 'a').size).toBe(0);
  });

  it('never changes the set that it was given', () => {
    const before = new Set(['a']);
    toggled(before, 'b');
    extended(before, loaded, same, 10, 13);
    expect([...before]).toEqual(['a']);
  });

  it('takes a range in either direction', () => {
    expect([...extended(new Set(), loaded, same, 11, 13)]).toEqual(['b', 'c', 'd']);
    expect([...extended(new Set(), loaded, same, 13, 11)]).toEqual(['b', 'c', 'd']);
  });

  it('takes of a range only what is loaded', () => {
    expect([...extended(new Set(['z']), loaded, same, 5, 11)]).toEqual(['z', 'a', 'b']);
  });
});
