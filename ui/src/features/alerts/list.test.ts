import { describe, expect, it } from 'vitest';

import type { Alert } from '../../generated';
import { causeOf, isLoud, isOpen, isSilenced, timesOf } from './list';

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

  it.each<[Partial<Alert>, unknown]>([
    [
      { kind: 'anomaly', anomaly },
      { page: 'limits', ask: {} },
    ],
    [
      { kind: 'anomaly', anomaly: { ...anomaly, cause: 'connects' } },
      { page: 'people', ask: { rows: 'connections' } },
    ],
    [
      { kind: 'anomaly', anomaly: { ...anomaly, cause: 'messages' } },
      { page: 'rooms', ask: {} },
    ],
    [
      { kind: 'anomaly', anomaly: { ...anomaly, cause: 'errors' } },
      { page: 'trace', ask: {} },
    ],
    [
      { kind: 'anomaly', anomaly: { ...anomaly, cause: 'memory' } },
      { page: 'gateway', ask: {} },
    ],
    [{ data: { userId: 7 } }, { page: 'people', ask: { user: { id: 7, username: '' } } }],
    [{ data: { user: { id: 'eve' } } }, { page: 'people', ask: { user: { id: 'eve', username: '' } } }],
    [{ data: { userId: true } }, null],
    [{ data: 'disk' }, null],
    [{ data: null }, null],
  ])('leads from %j to what is behind it', (part, behind) => {
    expect(causeOf(alert(part))).toEqual(behind);
  });
});
