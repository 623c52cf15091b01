import { describe, expect, it } from 'vitest';
import type { LogLine } from '../generated';
import { LOG_LINES, LogBuffer } from './log';

const lines = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from }, (_, index) => ({ key: from + index, severity: 'info', text: `${from + index}` }));

describe('the lines of a log', () => {
  it('are bounded, and the rest is counted', () => {
    const log = new LogBuffer();
    log.apply({ reset: true, lines: lines(0, LOG_LINES), dropped: 0 });
    log.apply({ reset: false, lines: lines(LOG_LINES, LOG_LINES + 5), dropped: 5 });
    expect(log.lines).toHaveLength(LOG_LINES);
    expect([log.lines[0]?.key, log.gone]).toEqual([5, 5]);
  });

  it('begin anew where they are told to', () => {
    const log = new LogBuffer();
    log.apply({ reset: true, lines: lines(0, 3), dropped: 0 });
    log.apply({ reset: true, lines: lines(7, 9), dropped: 7 });
    expect(log.lines.map(({ key }) => key)).toEqual([7, 8]);
  });
});
