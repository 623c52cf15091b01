import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { PolicyEntry, Preview } from '../../generated';
import { useHost } from '../../host';
import { ChangingLimit, readLimit } from './policy.svelte';

let answers: ((answer: Preview) => void)[];
beforeEach(() => {
  answers = [];
  useHost({
    call: () =>
      new Promise<Preview>((resolve) => {
        answers.push(resolve);
      }),
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const entry: PolicyEntry = { namespace: '/web', event: 'room:message', limit: 10, source: 'builtIn' };

describe('a limit that is typed', () => {
  it.each([
    ['20', 20],
    [' 1,000,000 ', 1_000_000],
    ['0', null],
    ['1000001', null],
    ['', null],
    ['1.5', null],
    ['ten', null],
  ])('is read: %j is %s', (text, limit) => {
    expect(readLimit(text)).toBe(limit);
  });
});

describe('changing a limit', () => {
  it('has a point where nobody sends the event at the moment, on a production gateway too', async () => {
    const changing = new ChangingLimit({ profile: 'p', production: true }, entry, 20);
    expect(changing.ready).toBe(false);
    answers[0]?.({ users: 0, sockets: 0, nodes: 1, sample: [], fingerprint: 'f' });
    await vi.waitFor(() => expect(changing.ready).toBe(true));
    expect(changing.wantsNumber).toBe(false);
  });
});
