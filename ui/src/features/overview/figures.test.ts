import { describe, expect, it } from 'vitest';

import type { OverviewUpdate } from '../../generated';
import { figuresOf, type FigureName } from './figures';

const measuredAt: OverviewUpdate = {
  at: '2026-03-01T12:00:00.000Z',
  onlineUsers: 12_847,
  onlineUsersBefore: 12_535,
  connections: 15_902,
  messagesIn: 1842.4,
  messagesOut: 96_400,
  limitHits: 27,
  limitHitsBefore: 4,
  errors: 0,
  errorsHour: 3,
  handlingP99Us: 4100,
  nodes: [],
  history: null,
  load: null,
  loudAlerts: 0,
  quietAlerts: 0,
  alerts: null,
  notable: null,
};

function figure(name: FigureName, part: Partial<OverviewUpdate> = {}) {
  const found = figuresOf({ ...measuredAt, ...part }).find((one) => one.name === name);
  return [`${found?.value ?? ''}${found?.unit ?? ''}`, found?.detail, found?.tone];
}

describe('the figures', () => {
  it('have no value before the first update', () => {
    const figures = figuresOf(null);
    expect(figures).toHaveLength(6);
    for (const { label, value, detail } of figures) {
      expect(label).not.toBe('');
      expect([value, detail]).toEqual([undefined, undefined]);
    }
  });

  it.each<[FigureName, Partial<OverviewUpdate>, unknown[]]>([
    ['users', {}, ['12,847', '▲ 312 in 10 min', undefined]],
    ['users', { onlineUsersBefore: 12_900 }, ['12,847', '▼ 53 in 10 min', undefined]],
    ['users', { onlineUsersBefore: 12_847 }, ['12,847', 'as 10 min ago', undefined]],
    ['users', { onlineUsersBefore: null }, ['12,847', '10 min ago unknown', undefined]],
    ['connections', {}, ['15,902', '1.24 per user', undefined]],
    ['connections', { onlineUsers: 0, connections: 1 }, ['1', 'no user online', undefined]],
    ['in', {}, ['1,842/s', 'p99 4.1\u00a0ms', undefined]],
    ['in', { messagesIn: null, handlingP99Us: null }, ['–', 'p99 not known yet', undefined]],
    ['out', {}, ['96.4K/s', '52.3 for each one in', undefined]],
    ['out', { messagesIn: 0, messagesOut: 0 }, ['0/s', 'to all recipients', undefined]],
    ['limits', {}, ['27/min', '▲ from 4', 'warn']],
    ['limits', { limitHits: 4 }, ['4/min', 'as the minute before', 'neutral']],
    ['limits', { limitHits: 9, limitHitsBefore: null }, ['9/min', 'minute before unknown', 'neutral']],
    ['limits', { limitHits: null, limitHitsBefore: null }, ['–', 'minute before unknown', 'neutral']],
    ['errors', { errors: null, errorsHour: null }, ['–', 'last hour unknown', 'neutral']],
    ['errors', {}, ['0/min', '3 in the last hour', 'neutral']],
    ['errors', { errors: 2 }, ['2/min', '3 in the last hour', 'bad']],
  ])('%s with %j', (name, part, shown) => expect(figure(name, part)).toEqual(shown));
});
