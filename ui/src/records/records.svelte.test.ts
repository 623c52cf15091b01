import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Page, RecordsUpdate } from '../generated';
import { Failure, useHost } from '../host';
import { Records, REST_MS } from './records.svelte';

interface Row {
  id: number;
  text: string;
}

let tell: (audit: number) => void;
/** What the gateway has, latest first; a page has two rows. */
let kept: Row[];
let reads: (string | undefined)[];
let broken: boolean;
/** Answers that the next readings get instead. */
let pages: Promise<Page<Row>>[];

beforeEach(() => {
  vi.useFakeTimers();
  kept = [3, 2, 1].map((id) => ({ id, text: 'first' }));
  reads = [];
  broken = false;
  pages = [];
  useHost({
    call: () => Promise.reject(new Error('nothing is called')),
    openView: (_, listener) => {
      const told = listener as unknown as { update: (update: { view: 'records' } & RecordsUpdate) => void };
      tell = (audit) => told.update({ view: 'records', bans: 0, alerts: 0, audit });
      return { change: () => undefined, close: () => undefined };
    },
  });
});
afterEach(() => vi.useRealTimers());

function read({ cursor }: { cursor?: string }): Promise<Page<Row>> {
  reads.push(cursor);
  const instead = pages.shift();
  if (instead) return instead;
  if (broken)
    return Promise.reject(new Failure({ code: 'notConnected', reason: { is: 'said', text: 'not connected' } }));
  const rest = kept.filter(({ id }) => cursor === undefined || id < Number(cursor));
  const items = rest.slice(0, 2);
  return Promise.resolve({ items, nextCursor: rest.length > 2 ? String(items.at(-1)?.id) : null });
}

async function begun() {
  const records = new Records<Row>('p', { name: 'audit', read, key: ({ id }) => String(id) });
  tell(0);
  await vi.advanceTimersByTimeAsync(0);
  return records;
}

const ids = (records: Records<Row>) => records.rows.map(({ id }) => id);

describe('a list that the gateway keeps', () => {
  it('is read page by page, as far as one looks, and each page once', async () => {
    const records = await begun();
    expect([ids(records), records.complete]).toEqual([[3, 2], false]);
    records.see(0, 2);
    records.see(0, 2);
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(records), records.complete]).toEqual([[3, 2, 1], true]);
    records.see(0, 3);
    expect(reads).toEqual([undefined, '2']);
  });

  it('is read anew when it has changed, at most once a second', async () => {
    const records = await begun();
    kept = [{ id: 4, text: 'new' }, ...kept];
    tell(1);
    tell(2);
    expect(reads).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect([ids(records), records.waiting]).toEqual([[4, 3], 0]);
    expect(reads).toHaveLength(2);
  });

  it('is read anew when it has changed while a further page was read', async () => {
    const records = await begun();
    let answer: (page: Page<Row>) => void = () => undefined;
    const further = new Promise<Page<Row>>((resolve) => (answer = resolve));
    kept = [{ id: 4, text: 'new' }, ...kept];
    pages.push(further);
    records.see(0, 2);
    await vi.advanceTimersByTimeAsync(REST_MS);
    tell(1);
    answer({ items: [{ id: 1, text: 'first' }], nextCursor: null });
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(records), records.waiting]).toEqual([[4, 3], 0]);
  });

  it('stays while somebody looks at it, and counts what waits', async () => {
    const records = await begun();
    records.hold(true);
    kept = [{ id: 4, text: 'new' }, ...kept];
    tell(3);
    await vi.advanceTimersByTimeAsync(5 * REST_MS);
    expect([ids(records), records.waiting]).toEqual([[3, 2], 3]);
    records.hold(false);
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(records), records.waiting]).toEqual([[4, 3], 0]);
  });

  it('shows what was done here at once, and takes the news of it for none', async () => {
    const records = await begun();
    records.hold(true);
    records.put({ id: 2, text: 'changed' });
    records.drop('3');
    expect(records.rows).toEqual([{ id: 2, text: 'changed' }]);
    tell(2);
    expect(records.waiting).toBe(0);
    tell(3);
    expect(records.waiting).toBe(1);
  });

  it('keeps what was read when a reading fails, and goes on with the link', async () => {
    const records = await begun();
    broken = true;
    records.see(0, 2);
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(records), records.failure?.code]).toEqual([[3, 2], 'notConnected']);
    broken = false;
    records.linked();
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(records), records.failure]).toEqual([[3, 2], null]);
  });

  it('does not mix the answers to two questions', async () => {
    const records = await begun();
    let answer: (page: Page<Row>) => void = () => undefined;
    records.ask(() => new Promise((resolve) => (answer = resolve)));
    records.ask(() => Promise.resolve({ items: [{ id: 9, text: 'second' }], nextCursor: null }));
    answer({ items: [{ id: 8, text: 'first' }], nextCursor: null });
    await vi.advanceTimersByTimeAsync(0);
    expect(ids(records)).toEqual([9]);
  });
});
