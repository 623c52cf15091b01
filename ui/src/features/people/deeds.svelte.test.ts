import { beforeEach, describe, expect, it } from 'vitest';

import type { MatchingPeople, PersonRow, User } from '../../generated';
import { Failure, useHost } from '../../host';
import { toasts } from '../../kit/toasts.svelte';
import { Deeds, usersOf, whyNotTo } from './deeds.svelte';

const ann: User = { id: 7, username: 'ann' };
const bob: User = { id: 'b', username: 'bob' };
const row = (key: string, user: User): PersonRow => ({
  key,
  user,
  operator: false,
  namespaces: ['/chat'],
  rooms: [],
  roomsMore: 0,
  address: '',
  client: '',
  connections: 1,
  onlineAt: '2026-03-01T12:00:00.000Z',
  idleSince: null,
  hits: 0,
  gone: false,
});

let answer: MatchingPeople | Failure;
let notified: unknown[];
let deeds: Deeds;

beforeEach(() => {
  notified = [];
  for (const { id } of toasts.shown) toasts.dismiss(id);
  useHost({
    call: () => (answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer)),
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  deeds = new Deeds('p', (users) => notified.push(users));
});

describe('deeds', () => {
  it('are done to users, each once, or to the connections that the rows are', () => {
    const rows = [row('c1', ann), row('c2', ann), row('c3', bob)];
    expect(usersOf(rows)).toEqual([ann, bob]);
    deeds.to('disconnect', 'connections', rows);
    expect(deeds.dialog).toEqual({ deed: 'disconnect', target: { connections: ['c1', 'c2', 'c3'] } });
    deeds.to('disconnect', 'users', [row('7', ann)]);
    expect(deeds.dialog).toEqual({ deed: 'disconnect', target: { users: [7] } });
    deeds.to('ban', 'connections', rows);
    expect(deeds.dialog).toEqual({ deed: 'ban', users: [ann, bob] });
    deeds.to('join', 'users', rows);
    expect(deeds.dialog).toEqual({ deed: 'join', users: [ann, bob], where: ['/chat', '/chat', '/chat'] });
    deeds.to('notify', 'users', rows);
    expect(notified).toEqual([[ann, bob]]);
  });

  it('ask who matches at the moment', async () => {
    answer = { users: [ann, bob], connections: [] };
    await deeds.toMatching('disconnect', { rows: 'users', filter: 'idle>5m' });
    expect(deeds.dialog).toEqual({ deed: 'disconnect', target: { users: [7, 'b'] } });
  });

  it.each(['ban', 'message', 'join', 'leave'] as const)('are done to as many as match: %s', async (deed) => {
    const users = Array.from({ length: 10_000 }, (_, id) => ({ id, username: '' }));
    answer = { users, connections: [] };
    await deeds.toMatching(deed, { rows: 'users', filter: '' });
    expect(deeds.dialog).toMatchObject({ deed, users });
  });

  it('say why they are off', async () => {
    expect([whyNotTo(0), whyNotTo(10_000)]).toEqual([expect.any(String), null]);
    answer = { users: [], connections: [] };
    await deeds.toMatching('ban', { rows: 'users', filter: '' });
    expect([deeds.dialog, toasts.shown.at(-1)?.title]).toEqual([null, whyNotTo(0)]);
    answer = new Failure({ code: 'invalidArgument', reason: { is: 'said', text: '12000 match.' } });
    await deeds.toMatching('ban', { rows: 'users', filter: '' });
    expect(toasts.shown.at(-1)?.detail).toBe('12000 match.');
  });
});
