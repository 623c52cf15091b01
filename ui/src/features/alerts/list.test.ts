import { describe, expect, it } from 'vitest';

import type { Alert, Cause } from '../../generated';
import { causeOf, isLoud, isOpen, isSilenced, LISTED, timesOf } from './list';

const alert = (part: Partial<Alert>): Alert => ({
  id: 1,
  kind: 'warning',
  level: 'low',
  message: 'Queue is growing',
  data: null,
  since: '2026-11-21T09:00:00.000Z',
  node: 'gw-1',
  ...part,
});
const anomaly = { cause: 'limit_episodes', figure: 12, threshold: 10 } as const;

describe('the list of alerts', () => {
  it('counts how often there was one like it, whatever the figure was', () => {
    const times = timesOf([
      alert({ id: 1 }),
      alert({ id: 2, kind: 'anomaly', message: '12 open', anomaly }),
      alert({ id: 3, kind: 'anomaly', message: '90 open', anomaly: { ...anomaly, figure: 90 } }),
      alert({ id: 4, node: 'gw-2' }),
      alert({ id: 5, message: 'Queue is full' }),
    ]);
    expect([...times]).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 2],
      ['4', 1],
      ['5', 1],
    ]);
  });

  it('knows what is over and what is quiet', () => {
    expect(isOpen(alert({}))).toBe(true);
    expect(isOpen(alert({ clearedAt: '2026-11-21T09:04:00.000Z' }))).toBe(false);
    const silenced = alert({ silencedUntil: '2026-11-21T10:00:00.000Z' });
    expect(isSilenced(silenced, Date.parse('2026-11-21T09:59:59.000Z'))).toBe(true);
    expect(isSilenced(silenced, Date.parse('2026-11-21T10:00:00.000Z'))).toBe(false);
    expect(isSilenced(alert({}), 0)).toBe(false);
  });

  it('are loud until somebody has taken them on, wants them quiet, or they are over', () => {
    const at = '2026-11-21T10:00:00.000Z';
    const quiet = [{ acknowledged: { by: 'ann', at } }, { silencedUntil: at }, { clearedAt: at }];
    expect(isLoud(alert({}), 0)).toBe(true);
    expect(quiet.map((change) => isLoud(alert(change), 0))).toEqual([false, false, false]);
    expect(isLoud(alert({ silencedUntil: at }), Date.parse(at))).toBe(true);
  });

  it('lists errors by their kind, and too many events that failed', () => {
    const errors = [alert({ kind: 'error' }), alert({ kind: 'anomaly', anomaly: { ...anomaly, cause: 'errors' } })];
    const others = [alert({}), alert({ kind: 'anomaly', anomaly })];
    expect([...errors, ...others].map(LISTED.errors)).toEqual([true, true, false, false]);
  });

  it.each<[Cause, unknown]>([
    ['limit_episodes', { page: 'limits', ask: {} }],
    ['connects', { page: 'people', ask: { rows: 'connections', filter: 'online<5m' } }],
    ['messages', { page: 'rooms', ask: { rooms: 'busiest' } }],
    ['errors', { page: 'trace', ask: { filter: 'internal' } }],
    ['memory', { page: 'gateway', ask: {} }],
    ['slow_consumers', { page: 'overview', ask: {} }],
  ])('leads from too many %s to where the rows are', (cause, behind) => {
    expect(causeOf(alert({ kind: 'anomaly', anomaly: { ...anomaly, cause } }))).toEqual({
      what: cause,
      ...(behind as object),
    });
  });

  it.each<[unknown, unknown]>([
    [{ userId: 7 }, 7],
    [{ user: { id: 'eve' } }, 'eve'],
    [{ userId: true }, null],
    ['disk', null],
    [null, null],
  ])('leads from the data %j to the user that it names', (data, id) => {
    const behind = id === null ? null : { what: 'user', page: 'people', ask: { user: { id, username: '' } } };
    expect(causeOf(alert({ data }))).toEqual(behind);
  });
});
