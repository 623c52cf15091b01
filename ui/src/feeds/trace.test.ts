import { describe, expect, it } from 'vitest';

import type { TraceRow, TraceUpdate } from '../generated';
import { TRACE_ROWS, TraceBuffer } from './trace';

const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: from + index }) as TraceRow);
const update = (part: Partial<TraceUpdate>): TraceUpdate => ({
  reset: false,
  rows: [],
  gaps: [],
  waiting: 0,
  unseen: 0,
  leftOut: 0,
  standing: { is: 'running', perSecond: 200 },
  ...part,
});

describe('the trace', () => {
  it('keeps the latest rows, and counts what nobody saw', () => {
    const buffer = new TraceBuffer();
    buffer.apply(update({ reset: true, rows: rows(0, TRACE_ROWS) }));
    buffer.apply(update({ rows: rows(TRACE_ROWS, 3), unseen: 2, leftOut: 5 }));
    expect([buffer.rows.length, buffer.rows[0]?.key, buffer.unseen]).toEqual([TRACE_ROWS, 3, 7]);
  });

  it('begins anew where the core says so', () => {
    const buffer = new TraceBuffer();
    buffer.apply(update({ reset: true, rows: rows(0, 2) }));
    buffer.apply(update({ reset: true, rows: rows(9, 1) }));
    expect(buffer.rows.map(({ key }) => key)).toEqual([9]);
  });

  it('leaves the rows as they are where there is nothing new', () => {
    const buffer = new TraceBuffer();
    buffer.apply(update({ reset: true, rows: rows(0, 2) }));
    const before = buffer.rows;
    buffer.apply(update({ waiting: 4 }));
    expect(buffer.rows).toBe(before);
  });
});
