import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { latestFirst } from './latest';

describe('the tail as a table', () => {
  it('is the whole tail turned around, seen through a window', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(80), fc.nat(40), (length, first, count) => {
        const tail = Array.from({ length }, (_, key) => key);
        expect(latestFirst(tail, first, count)).toEqual([...tail].reverse().slice(first, first + count));
      }),
    );
  });
});
