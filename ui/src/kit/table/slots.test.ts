import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Slots } from './slots';

describe('the elements of a table', () => {
  it('stay with their rows when a row comes in above', () => {
    const slots = new Slots();
    const [a, b, c] = slots.place(['a', 'b', 'c']);
    expect(slots.place(['new', 'a', 'b'])).toEqual([c, a, b]);
  });

  it('are each of one row, kept by those that stay, and no more than there were rows at once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 8 })), (shown) => {
        const slots = new Slots();
        let before = new Map<string, number>();
        let most = 0;
        for (const names of shown.map((numbers) => numbers.map(String))) {
          const placed = slots.place(names);
          expect(new Set(placed).size).toBe(names.length);
          most = Math.max(most, names.length);
          for (const [index, name] of names.entries()) {
            if (names.filter((other) => other === name).length === 1 && before.has(name)) {
              expect(placed[index]).toBe(before.get(name));
            }
          }
          expect(Math.max(-1, ...placed)).toBeLessThan(Math.max(1, most));
          before = new Map(
            names.flatMap((name, index) => (names.lastIndexOf(name) === index ? [[name, placed[index] ?? -1]] : [])),
          );
        }
      }),
    );
  });
});
