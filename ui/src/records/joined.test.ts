import { expect, test } from 'vitest';
import { joined } from './joined';

const key = (row: { id: number }) => String(row.id);
const rows = (...ids: number[]) => ids.map((id) => ({ id }));

test('a row that has moved is where it was read last', () => {
  expect(joined(rows(3, 2), rows(3, 1), key)).toEqual(rows(2, 3, 1));
});

test('a row that a gateway lists twice is there once', () => {
  expect(joined([], rows(3, 2, 3), key)).toEqual(rows(2, 3));
});
