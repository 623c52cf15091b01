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

  it('counts again while the target is the same, and shows the last count until the next is there', async () => {
    const sending = begin();
    sending.aim('all');
    await vi.advanceTimersByTimeAsync(250);
    expect(sending.reach).toMatchObject({ state: 'known', preview: { users: 300 } });
    let answer: (preview: Preview) => void = () => undefined;
    reaches = () => new Promise((resolve) => (answer = resolve));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sending.reach).toMatchObject({ state: 'known', preview: { users: 300 } });
    answer(preview(299));
    await vi.advanceTimersByTimeAsync(0);
    expect(sending.reach).toMatchObject({ state: 'known', preview: { users: 299 } });

    const counts = asked.length;
    const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked, 'nobody looks').toHaveLength(counts);
    seen.mockRestore();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBe(counts + 1);
    sending.aim(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked, 'it is for nobody, or the link is gone').toHaveLength(counts + 1);
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
    expect(sent()).toEqual([]);
    const broadcast = sending.confirming;
    await vi.advanceTimersByTimeAsync(0);
    await broadcast?.act();
    expect([broadcast?.step, sent()]).toEqual(['done', [to(target)]]);
  });

  it('asks with a count of now, which need not be that of when it is sent', async () => {
    const sending = begin();
    await sending.send(to('all'));
    const broadcast = sending.confirming;
    expect(broadcast?.ready).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect([broadcast?.preview?.users, broadcast?.ready]).toEqual([300, true]);
    reaches = () => Promise.resolve(preview(0));
    await broadcast?.look();
    expect(broadcast?.ready, 'nobody is there').toBe(false);
  });

  it('keeps for later what users find who are away', async () => {
    reaches = () => Promise.resolve(preview(0));
    const sending = begin({ production: true });
    await sending.send(to({ users: Array.from({ length: 11 }, (_, id) => id) }));
    await vi.advanceTimersByTimeAsync(0);
    expect(sending.confirming?.ready).toBe(true);
  });

  it('says why it failed', async () => {
    refuses = new Failure({ code: 'forbidden', reason: { is: 'said', text: 'needs operator' } });
    const sending = begin();
    await expect(sending.send(to({ users: [7] }))).resolves.toBe(false);
    expect(sending.failure?.code).toBe('forbidden');
    expect(sending.busy).toBe(false);
  });
});
