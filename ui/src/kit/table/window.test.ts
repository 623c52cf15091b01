import { describe, expect, it } from 'vitest';
import { pageOf, rendered, scrollTopFor, visible } from './window';

const table = { total: 100_000, rowHeight: 30, height: 600 };

describe('the window of a table', () => {
  it.each([
    ['at the top', 0, { start: 0, count: 20 }],
    ['between two rows, both of which are seen', 15, { start: 0, count: 21 }],
    ['one row further down', 30, { start: 1, count: 20 }],
    ['at the very end', 100_000 * 30 - 600, { start: 99_980, count: 20 }],
    ['beyond the end, after rows have gone', 9_000_000, { start: 99_999, count: 1 }],
    ['pulled above the top, as a trackpad does', -40, { start: 0, count: 20 }],
  ])('is right %s', (_, scrollTop, expected) => {
    expect(visible({ ...table, scrollTop })).toEqual(expected);
  });

  it('is empty without rows, and without height', () => {
    expect(visible({ ...table, total: 0, scrollTop: 0 }).count).toBe(0);
    expect(visible({ ...table, height: 0, scrollTop: 0 }).count).toBe(0);
  });

  it('renders some rows more on both sides, and none that do not exist', () => {
    expect(rendered({ ...table, scrollTop: 3000 }, 6)).toEqual({ start: 94, count: 32 });
    expect(rendered({ ...table, scrollTop: 0 }, 6)).toEqual({ start: 0, count: 26 });
    expect(rendered({ total: 3, rowHeight: 30, height: 600, scrollTop: 0 }, 6)).toEqual({ start: 0, count: 3 });
  });

  it('scrolls no further than a row needs', () => {
    const view = { ...table, scrollTop: 300 };
    expect(scrollTopFor(15, view)).toBe(300);
    expect(scrollTopFor(9, view)).toBe(270);
    expect(scrollTopFor(30, view)).toBe(330);
  });

  it('moves by one row less than fits, so that one row stays in sight', () => {
    expect(pageOf(table)).toBe(19);
    expect(pageOf({ rowHeight: 30, height: 10 })).toBe(1);
  });
});
