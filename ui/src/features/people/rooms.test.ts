import { expect, it } from 'vitest';

import { roomsText } from './rooms';

it.each([
  [[], 0, ''],
  [['lobby', 'attic'], 0, '\u2068lobby\u2069, \u2068attic\u2069'],
  [['lobby'], 1200, '\u2068lobby\u2069, +1,200'],
])('%j and %d more are told', (rooms, roomsMore, text) => {
  expect(roomsText({ rooms, roomsMore })).toBe(text);
});
