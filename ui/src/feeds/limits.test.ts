import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LimitRow, LimitsUpdate } from '../generated';
import { LimitsBuffer, TAIL_ROWS } from './limits';

const row = (key: number): LimitRow => ({
  key,
  at: '2026-03-01T12:00:00.000Z',
  node: 'gw-1',
  fresh: 1,
  episode: {
    id: 1,
    user: { id: 7, username: 'dmitri' },
    namespace: '/web',
    event: 'room:message',
    room: 'lobby',
    address: '203.0.113.9',
    limit: 10,
    window: 60,
    dropped: key,
    since: '2026-03-01T12:00:00.000Z',
    last: '2026-03-01T12:00:00.000Z',
    ended: false,
  },
});

const update = (part: Partial<LimitsUpdate>): LimitsUpdate => ({
  reset: false,
  rows: [],
  gaps: [],
  waiting: 0,
  unseen: 0,
  perMinute: 0,
  watchedSince: null,
  offenders: null,
  events: null,
  policyChanges: 0,
  ...part,
});

describe('the limits buffer', () => {
  it('holds the latest rows in order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ count: fc.nat(2600), reset: fc.boolean() }), { maxLength: 8 }), (batches) => {
        const buffer = new LimitsBuffer();
        let key = 0;
        let came: number[] = [];
        for (const { count, reset } of batches) {
          const keys = Array.from({ length: count }, () => ++key);
          came = reset ? keys : [...came, ...keys];
          buffer.apply(update({ reset, rows: keys.map(row) }));
          expect(buffer.rows.map((shown) => shown.key)).toEqual(came.slice(-TAIL_ROWS));
          expect(buffer.lines).toEqual(buffer.rows);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the offenders that an update leaves out', () => {
    const buffer = new LimitsBuffer();
    expect(buffer.offenders).toBeNull();
    const offenders = [{ user: { id: 7, username: 'dmitri' }, hits: 184 }];
    buffer.apply(update({ offenders }));
    buffer.apply(update({ perMinute: 27 }));
    expect(buffer.offenders).toEqual(offenders);
    expect(buffer.perMinute).toBe(27);
    buffer.apply(update({ offenders: [] }));
    expect(buffer.offenders).toEqual([]);
  });
});
