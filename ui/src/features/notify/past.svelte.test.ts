import { beforeEach, expect, it } from 'vitest';

import type { Notification } from '../../generated';
import { Failure, useHost } from '../../host';
import { Past } from './past.svelte';

const sent = (id: number, delivered = 0) => ({ id, delivered }) as Notification;

let cursors: (string | null)[];
let answers: unknown[];
beforeEach(() => {
  cursors = [];
  answers = [];
  useHost({
    call: ((_: string, { args }: { args: { cursor: string | null } }) => {
      cursors.push(args.cursor);
      const answer = answers.shift();
      return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer);
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

it('reads towards the past, page by page', async () => {
  answers = [
    { items: [sent(9), sent(8)], nextCursor: 'c' },
    { items: [sent(7)], nextCursor: null },
  ];
  const past = new Past('p');
  await past.read('latest');
  expect(past.hasMore).toBe(true);
  await past.read('older');
  expect([past.hasMore, cursors]).toEqual([false, [null, 'c']]);
  expect(past.with([]).map(({ id }) => id)).toEqual([9, 8, 7]);
});

it('shows each notification once, as it was last told', async () => {
  answers = [{ items: [sent(8, 1)], nextCursor: null }];
  const past = new Past('p');
  await past.read('latest');
  expect(past.with([sent(9), sent(8, 5)])).toEqual([sent(9), sent(8, 5)]);
});

it('keeps what it has where it cannot read on, and says why', async () => {
  answers = [
    { items: [sent(8)], nextCursor: 'c' },
    new Failure({ code: 'noAnswer', reason: { is: 'said', text: 'no answer' } }),
  ];
  const past = new Past('p');
  await past.read('latest');
  await past.read('older');
  expect([past.with([]).length, past.failure?.code, past.hasMore, past.busy]).toEqual([1, 'noAnswer', true, false]);
});
