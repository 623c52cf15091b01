import { describe, expect, it } from 'vitest';
import { moved } from './cursor';

describe('the cursor of a table', () => {
  it.each([
    ['ArrowDown', null, 0],
    ['ArrowUp', null, 99],
    ['ArrowDown', 4, 5],
    ['ArrowUp', 4, 3],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 0, 0],
    ['PageDown', 4, 24],
    ['PageDown', 95, 99],
    ['PageUp', 24, 4],
    ['PageUp', 3, 0],
    ['PageDown', null, 20],
    ['Home', 50, 0],
    ['End', 50, 99],
    ['End', null, 99],
    // Rows have gone since.
    ['ArrowUp', 500, 98],
  ])('%s leads from %s to %s', (key, from, to) => {
    expect(moved(from, key, 100, 20)).toBe(to);
  });

  it('stays where it is with any other key, and where there are no rows', () => {
    expect(moved(3, 'a', 100, 20)).toBeUndefined();
    expect(moved(3, 'ArrowDown', 0, 20)).toBeUndefined();
  });
});
