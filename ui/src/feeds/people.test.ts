import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PeopleUpdate, PersonRow } from '../generated';
import { PeopleBuffer, windowAround } from './people';

const row = (key: string, hits = 0): PersonRow => ({
  key,
  user: { id: key, username: key },
  operator: false,
  namespaces: ['/web'],
  rooms: [],
  roomsMore: 0,
  address: '',
  client: '',
  connections: 1,
  onlineAt: '2026-03-01T12:00:00.000Z',
  idleSince: null,
  hits,
  gone: false,
});

/** What may happen to the whole table, which only the core has. */
const step = fc.oneof(
  fc.record({ do: fc.constant('change' as const), index: fc.nat(40), hits: fc.nat(100) }),
  fc.record({ do: fc.constant('scroll' as const), start: fc.nat(40), count: fc.nat(20) }),
  fc.record({ do: fc.constant('arrive' as const), index: fc.nat(40) }),
  fc.record({ do: fc.constant('leave' as const), index: fc.nat(40) }),
);

describe('the people buffer', () => {
  it('shows the window of the table that the core has, whatever happened to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = Array.from({ length: 30 }, (_, index) => row(`u${index}`));
        const buffer = new PeopleBuffer();
        let arrived = 0;
        let start = 0;
        let count = 10;
        const send = (part: Partial<PeopleUpdate>) =>
          buffer.apply({
            total: table.length,
            online: table.length,
            matching: table.length,
            reading: { inForce: '', problem: null },
            waiting: 0,
            start,
            window: null,
            changed: [],
            ...part,
          });
        const sendWindow = () => send({ window: table.slice(start, start + count) });
        sendWindow();

        for (const next of steps) {
          if (next.do === 'scroll') {
            start = next.start;
            count = next.count;
            sendWindow();
          } else if (next.do === 'arrive') {
            arrived += 1;
            table.splice(next.index, 0, row(`new${arrived}`));
            sendWindow();
          } else if (next.do === 'leave') {
            table.splice(next.index, 1);
            sendWindow();
          } else {
            const old = table[next.index];
            if (old === undefined) continue;
            table[next.index] = { ...old, hits: next.hits };
            send({ changed: [{ index: next.index, row: { ...old, hits: next.hits } }] });
          }
          expect(buffer.rows).toEqual(table.slice(start, start + count));
          expect(buffer.total).toBe(table.length);
          for (const [place, shown] of buffer.rows.entries()) {
            expect(buffer.row(start + place)).toBe(shown);
            expect(buffer.indexOf(shown.key)).toBe(start + place);
          }
        }
      }),
    );
  });

  it('keeps the identity of a window that did not change, and never changes one that was read', () => {
    const buffer = new PeopleBuffer();
    const window = [row('a'), row('b')];
    const reading = { inForce: '', problem: null };
    const totals = { total: 2, online: 2, matching: 2, waiting: 0, reading, start: 0 };
    buffer.apply({ ...totals, window, changed: [] });
    const read = buffer.rows;
    buffer.apply({ ...totals, waiting: 3, window: null, changed: [] });
    expect(buffer.rows).toBe(read);
    buffer.apply({ ...totals, window: null, changed: [{ index: 1, row: row('b', 9) }] });
    expect(read[1]?.hits).toBe(0);
    expect(buffer.row(1)?.hits).toBe(9);
  });
});

describe('the window asked for', () => {
  it('holds the visible rows with a margin, and never more than the core sends', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 120 }), (first, visible) => {
        const { start, count } = windowAround(first, visible);
        expect(start).toBeLessThanOrEqual(Math.max(0, first - 50));
        expect(start + count).toBeGreaterThanOrEqual(first + visible + 50);
        expect(count).toBeLessThanOrEqual(500);
      }),
    );
  });

  it('stays the same while one scrolls by a few lines', () => {
    expect(windowAround(210, 30)).toEqual(windowAround(215, 30));
  });
});
