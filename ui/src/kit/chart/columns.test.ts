import { describe, expect, it } from 'vitest';

import { columns, whole } from './columns';

const minute = (index: number) => ({ start: index * 60_000, users: index, doors: index * 2 });

describe('what was measured minute by minute', () => {
  it('becomes moments in seconds with a value of each series', () => {
    expect(columns([minute(1), minute(2)], 60, [(at) => at.users, (at) => at.doors])).toEqual({
      seconds: [60, 120],
      series: [
        [1, 2],
        [2, 4],
      ],
    });
    expect(columns<ReturnType<typeof minute>>([], 60, [(at) => at.users])).toEqual({ seconds: [], series: [[]] });
  });

  it('has a gap where nobody measured', () => {
    expect(columns([minute(1), minute(5)], 60, [(at) => at.users])).toEqual({
      seconds: [60, 120, 300],
      series: [[1, null, 5]],
    });
  });

  it('shows the latest minutes only, when fewer are asked for, however many were measured in them', () => {
    const hour = Array.from({ length: 60 }, (_, index) => minute(index));
    const quarter = (history: typeof hour) => columns(history, 15, [(at) => at.users]).seconds.map((at) => at / 60);
    expect(quarter(hour)).toEqual([45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
    expect(quarter([minute(3), minute(50), minute(59)])).toEqual([50, 51, 59]);
  });

  it('leaves out the running minute where counts are still growing', () => {
    expect(whole([minute(1), minute(2)]).map(({ start }) => start)).toEqual([60_000]);
    expect(whole([])).toEqual([]);
  });
});
