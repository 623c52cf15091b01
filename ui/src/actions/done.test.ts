import { expect, it } from 'vitest';
import { doneWords } from './done';

const one = { node: 'gw-1', users: 2, connections: 9 };

it('what was done is told for each node, where there are several', () => {
  expect(doneWords({ done: { users: 2, connections: 9 }, nodes: [one] })).toBe('9 connections closed');
  const other = { node: 'gw-2\u202E', users: 1, connections: 1 };
  expect(doneWords({ done: { users: 3, connections: 10 }, nodes: [one, other] })).toBe(
    '10 connections closed · gw-1: 9 · gw-2‹U+202E›: 1',
  );
});
