/** Sample lists that a gateway keeps. */
import type { Alert, AuditRow, Ban, Page } from '../src/generated';
import { ago, user } from './sample';

export function bans(): Page<Ban> {
  const items: Ban[] = [
    {
      target: { address: '84.12.0.0/16' },
      reason: 'Flooding from a hosting provider',
      until: ago(-86_400 * 5),
      by: 'ann',
      at: ago(86_400),
    },
    {
      target: { address: '203.0.113.7/32' },
      reason: 'Password guessing',
      until: null,
      by: 'billing-worker',
      at: ago(400_000),
    },
    {
      target: { address: '2001:db8:40::/48' },
      reason: 'Scraping the lobby',
      until: ago(-5400),
      by: 'bo',
      at: ago(9000),
    },
    ...Array.from({ length: 9 }, (_, index): Ban => ({
      target: { user: user(index).id },
      reason: index % 2 ? 'Spam in lobby, third time' : '辱骂其他用户',
      until: index % 3 ? ago(-3600 * (index + 1)) : null,
      by: index % 2 ? 'ann' : 'bo',
      at: ago(7200 * (index + 1)),
    })),
  ];
  return { items, nextCursor: null };
}

export function alerts(): Page<Alert> {
  const base = { data: null, node: 'gw-1' } as const;
  const items: Alert[] = [
    {
      ...base,
      id: 9,
      kind: 'error',
      level: 'high',
      message: 'Payment worker cannot reach the ledger',
      since: ago(300),
      data: { userId: 10_314, attempt: 3 },
    },
    {
      ...base,
      id: 8,
      kind: 'anomaly',
      level: 'medium',
      message: '1,480 connections in the last minute; the threshold is 1,000',
      since: ago(900),
      node: 'gw-2',
      anomaly: { cause: 'connects', figure: 1480, threshold: 1000 },
      acknowledged: { by: 'ann', at: ago(600) },
    },
    {
      ...base,
      id: 7,
      kind: 'warning',
      level: 'medium',
      message: 'Queue is growing',
      since: ago(1900),
      silencedUntil: ago(-1800),
      node: 'gw-3',
    },
    ...[6, 5, 4].map((id): Alert => ({
      ...base,
      id,
      kind: 'anomaly',
      level: 'medium',
      message: '12 limit episodes are open; the threshold is 10',
      since: ago(90_000 * (7 - id)),
      anomaly: { cause: 'limit_episodes', figure: 12, threshold: 10 },
      clearedAt: ago(90_000 * (7 - id) - 240),
    })),
  ];
  return { items, nextCursor: null };
}

export function audit(): Page<AuditRow> {
  const done: [string, string, unknown][] = [
    [
      'ban',
      'address 84.12.0.0/16',
      { target: { address: '84.12.0.0/16' }, reason: 'Flooding from a hosting provider', until: ago(-86_400) },
    ],
    ['disconnect', 'user 10314', { target: { users: [10_314] }, reason: 'flooding', users: 1, connections: 2 }],
    ['notify', 'all', { type: 'warning', title: 'Maintenance at 22:00', message: 'The service restarts.' }],
    ['set-policy', '/web room:message', { limit: 20 }],
    ['drain', 'gw-2', { reason: 'kernel update' }],
    ['acknowledge-alert', 'Queue is growing', { id: 7 }],
  ];
  const items = Array.from({ length: 60 }, (_, index): AuditRow => {
    const [command, subject, detail] = done[index % done.length] ?? ['ban', '', {}];
    const failed = index % 11 === 4;
    return {
      id: 900 - index,
      at: ago(index * 740 + 12),
      actor: index % 3 ? 'ann' : 'bo',
      address: index % 4 ? '10.0.0.7' : '',
      command,
      subject,
      detail,
      outcome: index === 13 ? null : failed ? 'failed' : 'done',
      explanation: failed ? 'the targets have changed since the preview' : null,
      ...(command === 'disconnect' && {
        touched: {
          users: 140,
          sockets: 152,
          sample: ['ann', 'bob', 'chen', 'dora', '大卫'].map((username, at) => ({ id: 10_314 + at, username })),
        },
      }),
    };
  });
  return { items, nextCursor: null };
}
