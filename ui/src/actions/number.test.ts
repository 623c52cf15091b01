import { expect, it } from 'vitest';

import { isNumber } from './number';

it.each([
  ['9', 9, true],
  [' 9 ', 9, true],
  ['12847', 12847, true],
  ['12,847', 12847, true],
  ['12.847', 12847, true],
  ['12 847', 12847, true],
  ['1,284,7', 12847, false],
  ['12848', 12847, false],
  ['', 0, false],
  ['9 users', 9, false],
])('%j confirms %i: %s', (typed, number, confirms) => expect(isNumber(typed, number)).toBe(confirms));
