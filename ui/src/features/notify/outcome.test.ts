import { expect, it } from 'vitest';

import type { Notified } from '../../generated';
import { outcomeOf } from './outcome';

const stranger = (...users: number[]) => [{ code: 'not_found' as const, message: 'nobody of this id', users }];

it.each<[Partial<Notified>, string, string, string[]]>([
  [{ targets: 2, delivered: 2 }, 'ok', '“⁨Tea⁩” sent', []],
  [{ queued: 1 }, 'ok', '“⁨Tea⁩” sent', []],
  [{ targets: 2, delivered: 1 }, 'warn', '“⁨Tea⁩” sent', []],
  [{ targets: 1, delivered: 1, refused: stranger(98, 99) }, 'warn', '“⁨Tea⁩” sent', ['98', '99']],
  [{}, 'bad', '“⁨Tea⁩” reached nobody', []],
  [{ targets: 3 }, 'bad', '“⁨Tea⁩” reached nobody', []],
  [{ refused: stranger(99) }, 'bad', '“⁨Tea⁩” reached nobody', ['99']],
])('%j is told as %s', (part, tone, title, failed) => {
  const outcome = outcomeOf({ title: 'Tea', notified: { id: 1, targets: 0, delivered: 0, queued: 0, ...part } });
  expect([outcome.tone, outcome.title]).toEqual([tone, title]);
  expect(outcome.failed.map(({ user }) => String(user.id))).toEqual(failed);
});
