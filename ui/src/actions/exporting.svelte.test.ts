import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExportUpdate, ViewQuery } from '../generated';
import { Failure, useHost } from '../host';
import { Exporting, PATIENCE_MS } from './exporting.svelte';

const TABLE = { table: 'bans', filter: 'spam', columns: ['whom', 'until'] } as const;
const query = { profile: 'p', table: { ...TABLE, columns: [...TABLE.columns] } };

let opened: ViewQuery[];
let closed: number;
let tell: (update: ExportUpdate) => void;
let refuse: (failure: Failure) => void;

beforeEach(() => {
  vi.useFakeTimers();
  [opened, closed] = [[], 0];
  useHost({
    call: () => Promise.reject(new Error('nobody asks')),
    openView: (asked, listener) => {
      opened.push(asked);
      tell = (update) => (listener.update as (update: unknown) => void)({ view: 'export', ...update });
      refuse = (failure) => listener.fail(failure);
      return { change: () => undefined, close: () => void (closed += 1) };
    },
  });
});
afterEach(() => vi.useRealTimers());

describe('an export', () => {
  it('is a view that is open until it is over', () => {
    const one = new Exporting();
    one.format = 'ndjson';
    one.begin(query);
    expect(opened).toEqual([{ view: 'export', ...query, format: 'ndjson' }]);
    tell({ state: 'writing', rows: 1000, of: 2000 });
    expect([one.busy, closed]).toEqual([true, 0]);
    tell({ state: 'written', path: '/tmp/bans.ndjson', rows: 2000 });
    expect([one.busy, closed]).toEqual([false, 1]);
    expect(one.state).toMatchObject({ state: 'written', rows: 2000 });
    expect(new Exporting().format).toBe('ndjson');
  });

  it('shows how far it has come only where it takes long', () => {
    const one = new Exporting();
    one.begin(query);
    tell({ state: 'writing', rows: 1000, of: null });
    vi.advanceTimersByTime(PATIENCE_MS - 1);
    tell({ state: 'writing', rows: 2000, of: null });
    expect(one.slow).toBe(false);
    vi.advanceTimersByTime(1);
    expect(one.slow).toBe(true);
    tell({ state: 'written', path: '/tmp/x', rows: 3000 });
    expect(one.slow).toBe(false);
  });

  it('does not hurry whoever chooses a file', () => {
    const one = new Exporting();
    one.begin(query);
    tell({ state: 'choosing' });
    vi.advanceTimersByTime(60_000);
    expect([one.busy, one.slow]).toEqual([true, false]);
    tell({ state: 'dismissed' });
    expect([one.busy, closed]).toEqual([false, 1]);
  });

  it('is called off by closing it, and can be begun again after a failure', () => {
    const one = new Exporting();
    one.begin(query);
    tell({ state: 'writing', rows: 1000, of: 2000 });
    one.close();
    expect([one.state.state, closed]).toEqual(['idle', 1]);
    one.begin(query);
    refuse(new Failure({ code: 'diskFull', reason: { is: 'said', text: 'no room' } }));
    expect(one.state).toMatchObject({ state: 'failed', failure: { code: 'diskFull' } });
    one.begin(query);
    expect([opened.length, one.state.state]).toEqual([3, 'choosing']);
  });
});
