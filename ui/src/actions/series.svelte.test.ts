import { describe, expect, it } from 'vitest';

import type { FailureCode, Preview, User } from '../generated';
import { Failure } from '../host';
import { Series } from './series.svelte';

const user = (id: number): User => ({ id, username: `user-${id}` });
const preview = (id: number, sockets: number): Preview => ({
  users: sockets === 0 ? 0 : 1,
  sockets,
  nodes: 1,
  sample: [],
  fingerprint: `f${id}`,
});
const failure = (code: FailureCode) => new Failure({ code, reason: { is: 'said', text: code } });

async function seen(ids: number[], whom: 'everybody' | 'touched' = 'everybody') {
  const series = new Series(ids.map(user), whom);
  const sum = await series.look((id) => Promise.resolve(preview(Number(id), Number(id) - 1)));
  return { series, sum };
}

describe('a series', () => {
  it('sums up what was seen of each', async () => {
    const { sum } = await seen([1, 2, 3]);
    expect(sum).toMatchObject({ users: 2, sockets: 3, nodes: 1, sample: [user(2), user(3)] });
  });

  it('acts on each as it was seen, one after the other', async () => {
    const { series } = await seen([2, 3]);
    const acted: unknown[] = [];
    const answers = await series.act((id, fingerprint) => Promise.resolve(acted.push([id, fingerprint])));
    expect(acted).toEqual([
      [2, 'f2'],
      [3, 'f3'],
    ]);
    expect([answers, series.done, series.failed]).toEqual([[1, 2], 2, []]);
  });

  it('names whom it failed with, and goes on with the others', async () => {
    const { series } = await seen([2, 3, 4]);
    const answers = await series.act((id) => (id === 3 ? Promise.reject(failure('conflict')) : Promise.resolve(id)));
    expect(answers).toEqual([2, 4]);
    expect(series.failed.map(({ user: who, failure: why }) => [who.id, why.code])).toEqual([[3, 'conflict']]);
    series.goOn();
    expect([series.users, series.done, series.failed]).toEqual([[user(3)], 0, []]);
  });

  it.each<FailureCode>(['notConnected', 'noAnswer', 'throttled', 'forbidden'])(
    'asks nobody any more once it has met %s',
    async (code) => {
      const { series } = await seen([2, 3, 4]);
      let asked = 0;
      await series.act(() => {
        asked += 1;
        return Promise.reject(failure(code));
      });
      expect([asked, series.failed.length]).toEqual([1, 3]);
    },
  );

  it('does nothing to whom it would not touch, if that is wanted', async () => {
    const everybody = await (await seen([1, 2])).series.act((id) => Promise.resolve(id));
    const touched = await (await seen([1, 2], 'touched')).series.act((id) => Promise.resolve(id));
    expect([everybody, touched]).toEqual([[1, 2], [2]]);
  });

  it('of one fails as one act does', async () => {
    const { series } = await seen([2]);
    await expect(series.act(() => Promise.reject(failure('conflict')))).rejects.toMatchObject({ code: 'conflict' });
    expect(series.failed).toEqual([]);
  });

  it('does nothing to whom it has not looked at', async () => {
    const { series } = await seen([2]);
    series.users = [user(2), user(9)];
    expect(await series.act((id) => Promise.resolve(id))).toEqual([2]);
  });
});
