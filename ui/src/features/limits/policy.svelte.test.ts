import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { PolicyEntry, PolicyTable, Preview } from '../../generated';
import { Failure, useHost } from '../../host';
import { ChangingLimit, Policy, readLimit } from './policy.svelte';

let answers: ((answer: PolicyTable | Preview | Failure) => void)[];
beforeEach(() => {
  answers = [];
  useHost({
    call: (() =>
      new Promise((resolve, reject) => {
        answers.push((answer) => (answer instanceof Failure ? reject(answer) : resolve(answer)));
      })) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const entry: PolicyEntry = { namespace: '/web', event: 'room:message', limit: 10, source: 'builtIn' };
const table = (window: number): PolicyTable => ({ enabled: true, window, entries: [] });

describe('the policy table', () => {
  it('is that of the last question, whichever answer comes last', async () => {
    const policy = new Policy('p');
    const both = [policy.load(), policy.load()];
    answers[1]?.(table(2));
    answers[0]?.(table(1));
    await Promise.all(both);
    expect(policy.table?.window).toBe(2);
  });

  it('stays where it cannot be asked again, and says why', async () => {
    const policy = new Policy('p');
    const first = policy.load();
    answers[0]?.(table(60));
    await first;
    const again = policy.load();
    answers[1]?.(new Failure({ code: 'noAnswer', reason: { is: 'said', text: 'no answer' } }));
    await again;
    expect([policy.table?.window, policy.failure?.code]).toEqual([60, 'noAnswer']);
  });

  it.each([
    ['20', 20],
    [' 1,000,000 ', 1_000_000],
    ['0', null],
    ['1000001', null],
    ['', null],
    ['1.5', null],
    ['ten', null],
  ])('reads %j as %s', (text, limit) => {
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
