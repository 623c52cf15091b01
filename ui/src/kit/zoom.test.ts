import { expect, it } from 'vitest';
import { zoomed } from './zoom';

it.each([
  [100, 'in', 110],
  [100, 'out', 90],
  [200, 'in', 200],
  [50, 'out', 50],
  [130, 'in', 150],
  [130, 'out', 125],
] as const)('from %d %s is %d', (now, direction, expected) => {
  expect(zoomed(now, direction)).toBe(expected);
});
