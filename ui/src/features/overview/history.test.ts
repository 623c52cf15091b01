import { describe, expect, it } from 'vitest';

import type { Minute } from '../../generated';
import { columns, whole } from './history';

const minute = (index: number): Minute => ({
  start: index * 60_000,
  onlineUsers: index,
  connections: index * 2,
  connects: 0,
  disconnects: 0,
  activeUsers: 0,
  messagesIn: 0,
  messagesOut: 0,
  limitHits: 0,
  errors: 0,
});

describe('the last hour', () => {
  it('becomes moments in seconds with a value of each series', () => {
    expect(columns([minute(1), minute(2)], 60, [(at) => at.onlineUsers, (at) => at.connections])).toEqual({
      seconds: [60, 120],
      series: [
        [1, 2],
        [2, 4],
      ],
    });
  });

  it('has a gap where nobody measured', () => {
    expect(columns([minute(1), minute(5)], 60, [(at) => at.onlineUsers])).toEqual({
      seconds: [60, 120, 300],
      series: [[1, null, 5]],
    });
  });

  it('shows the latest minutes only, when fewer are asked for', () => {
    const hour = Array.from({ length: 60 }, (_, index) => minute(index));
    expect(columns(hour, 15, [(at) => at.onlineUsers]).series[0]).toHaveLength(15);
    expect(columns(hour, 15, [(at) => at.onlineUsers]).series[0]?.at(-1)).toBe(59);
  });

  it('leaves out the running minute where counts are still growing', () => {
    expect(whole([minute(1), minute(2)]).map(({ start }) => start)).toEqual([60_000]);
    expect(whole([])).toEqual([]);
  });
});
