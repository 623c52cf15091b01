import { expect, it } from 'vitest';

import type { Notified } from '../../generated';
import { figuresText, outcomeOf } from './outcome';

const stranger = (...users: number[]) => [{ code: 'not_found' as const, message: 'nobody of this id', users }];

it.each<[Partial<Notified>, string, string, string[]]>([
  [{ targets: 2, delivered: 2 }, 'ok', '“\u2068Tea\u2069” sent', []],
  [{ queued: 1 }, 'ok', '“\u2068Tea\u2069” sent', []],
  [{ targets: 2, delivered: 1 }, 'warn', '“\u2068Tea\u2069” sent', []],
  [{ targets: 1, delivered: 1, refused: stranger(98, 99) }, 'warn', '“\u2068Tea\u2069” sent', ['98', '99']],
  [{}, 'bad', '“\u2068Tea\u2069” reached nobody', []],
  [{ targets: 3 }, 'bad', '“\u2068Tea\u2069” reached nobody', []],
  [{ refused: stranger(99) }, 'bad', '“\u2068Tea\u2069” reached nobody', ['99']],
])('%j is told as %s', (part, tone, title, failed) => {
  const outcome = outcomeOf({ title: 'Tea', notified: { id: 1, targets: 0, delivered: 0, queued: 0, ...part } });
  expect([outcome.tone, outcome.title]).toEqual([tone, title]);
  expect(outcome.failed.map(({ user }) => String(user.id))).toEqual(failed);
});

it('its figures fit into one line', () => {
  const notified = { id: 1, targets: 3, delivered: 2, queued: 1, refused: stranger(98, 99) };
  expect(figuresText(notified)).toBe('2 of 3 sockets · 1 kept for later · 2 users will never read it');
});
