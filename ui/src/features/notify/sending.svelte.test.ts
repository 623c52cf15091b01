import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { NotifyArgs, Preview } from '../../generated';
import { Failure, useHost } from '../../host';
import { Sending } from './sending.svelte';

const preview = (users: number): Preview => ({ users, sockets: users, nodes: 1, sample: [], fingerprint: 'f' });

let asked: { name: string; args: NotifyArgs }[];
let reaches: (args: NotifyArgs) => Promise<Preview>;
let refuses: Failure | null;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  reaches = () => Promise.resolve(preview(300));
  refuses = null;
  useHost({
    call: (async (name: string, { args }: { args: NotifyArgs }) => {
      asked.push({ name, args });
      if (name === 'previewNotify') return reaches(args);
      if (refuses) throw refuses;
      return Promise.resolve({ id: 1, targets: 312, delivered: 310, queued: 2 });
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});
afterEach(() => void vi.useRealTimers());

const to = (target: NotifyArgs['target']): NotifyArgs => ({ target, type: 'info', title: 'Hello', message: '' });
const sent = () => asked.filter(({ name }) => name === 'notify').map(({ args }) => args);
const begin = ({ production = false } = {}) => new Sending({ profile: 'p', production });

describe('sending', () => {
  it('counts whom it reaches once the target rests, and only for the last target', async () => {
    const answers: ((preview: Preview) => void)[] = [];
    reaches = () => new Promise((resolve) => answers.push(resolve));
    const sending = begin();
    sending.aim('all');
    await vi.advanceTimersByTimeAsync(100);
    sending.aim({ users: [7] });
    await vi.advanceTimersByTimeAsync(300);
    sending.aim({ users: [7, 8] });
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.map(({ args }) => args.target)).toEqual([{ users: [7] }, { users: [7, 8] }]);
    answers[1]?.(preview(2));
    answers[0]?.(preview(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(sending.reach).toMatchObject({ state: 'known', preview: { users: 2 } });
  });

  it('asks with a count of now, and counts again where that failed', async () => {
    const sending = begin();
    sending.aim('all');
    await vi.advanceTimersByTimeAsync(300);
    expect(sending.reach.state).toBe('known');
    reaches = () => Promise.reject(new Failure({ code: 'noAnswer', message: 'no answer', hint: null }));
    void sending.send(to('all'));
    expect([sending.reach.state, sending.sure]).toEqual(['looking', false]);
    await vi.advanceTimersByTimeAsync(0);
    expect([sending.reach.state, sending.sure]).toEqual(['unknown', false]);
    reaches = () => Promise.resolve(preview(301));
    sending.recount();
    await vi.advanceTimersByTimeAsync(0);
    expect(sending.reach).toMatchObject({ state: 'known', preview: { users: 301 } });
    expect(sending.sure).toBe(true);
  });

  it('sends to a few users at once', async () => {
    const sending = begin();
    await expect(sending.send(to({ users: [7] }))).resolves.toBe(true);
    expect(sent()).toEqual([to({ users: [7] })]);
    expect(sending.result?.notified.delivered).toBe(310);
  });

  it.each<NotifyArgs['target']>([
    'all',
    { namespace: '/web' },
    { room: { namespace: '/web', room: 'lobby' } },
    { users: Array.from({ length: 11 }, (_, id) => id) },
  ])('asks before it sends to %j', async (target) => {
    const sending = begin();
    await expect(sending.send(to(target))).resolves.toBe(false);
    expect(sending.confirming).toEqual(to(target));
    await vi.advanceTimersByTimeAsync(0);
    await expect(sending.confirm()).resolves.toBe(true);
    expect(sent()).toEqual([to(target)]);
    expect(sending.confirming).toBeNull();
  });

  it('wants the number typed on a production gateway', async () => {
    const sending = begin({ production: true });
    await sending.send(to('all'));
    await vi.advanceTimersByTimeAsync(0);
    await expect(sending.confirm()).resolves.toBe(false);
    sending.typed = '300';
    await expect(sending.confirm()).resolves.toBe(true);
  });

  it('does not send what was taken back', async () => {
    const sending = begin();
    await sending.send(to('all'));
    sending.cancel();
    await expect(sending.confirm()).resolves.toBe(false);
    expect(sent()).toEqual([]);
  });

  it('says why it failed', async () => {
    refuses = new Failure({ code: 'forbidden', message: 'needs operator', hint: null });
    const sending = begin();
    await expect(sending.send(to({ users: [7] }))).resolves.toBe(false);
    expect(sending.failure?.code).toBe('forbidden');
    expect(sending.busy).toBe(false);
  });
});
