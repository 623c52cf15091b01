import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Preview, User } from '../generated';
import { Failure, useHost } from '../host';
import { Placing, type Way } from './place.svelte';

const users = (many: number): User[] => Array.from({ length: many }, (_, id) => ({ id, username: `user-${id}` }));
const preview = (fingerprint: string, sockets = 2): Preview => ({
  users: Math.ceil(sockets / 2),
  sockets,
  nodes: 1,
  sample: [],
  fingerprint,
});

type Args = { who: { user: number } | { users: number[] }; room: string };
const named = ({ who }: Args) => ('users' in who ? who.users.join('+') : String(who.user));
let asked: string[];
let answer: (name: string, args: Args) => unknown;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = (name, args) => (name.startsWith('preview') ? preview(`f${named(args)}`) : { sockets: 2, failed: 0 });
  useHost({
    call: ((name: string, { args }: { args: Args }) => {
      asked.push(`${name} ${named(args)} ${args.room}`);
      const given = answer(name, args);
      return given instanceof Failure ? Promise.reject(given) : Promise.resolve(given);
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});
afterEach(() => void vi.useRealTimers());

function begin(way: Way, many: number, production = false) {
  return new Placing({ profile: 'p', production }, way, users(many), '/chat');
}

function name(placing: Placing, room: string) {
  placing.room = room;
  placing.aim();
}

describe('placing', () => {
  it('asks about one user as soon as the typing rests, and acts on what was seen', async () => {
    const placing = begin('in', 1);
    name(placing, 'lob');
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    expect(asked).toEqual(['previewJoinRoom 0 lobby']);
    expect(placing.ready).toBe(true);
    await placing.act();
    expect([placing.step, placing.result]).toEqual(['done', { sockets: 2, failed: 0 }]);
    expect(asked.at(-1)).toBe('joinRoom 0 lobby');
  });

  it('asks about many as about one, and acts on all of them at once', async () => {
    const placing = begin('out', 3);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    await placing.act();
    expect(asked).toEqual(['previewLeaveRoom 0+1+2 lobby', 'leaveRoom 0+1+2 lobby']);
    expect(placing.step).toBe('done');
  });

  it('asks at once where the room is said to be named, and only once', async () => {
    const placing = begin('in', 3);
    name(placing, 'lobby');
    expect(placing.unasked).toBe(true);
    placing.settle();
    placing.settle();
    expect([asked, placing.unasked]).toEqual([['previewJoinRoom 0+1+2 lobby'], false]);
    await vi.runAllTimersAsync();
    expect(asked.length).toBe(1);
  });

  it('does nothing where nobody would be moved, and one can name another room', async () => {
    answer = () => preview('f', 0);
    const placing = begin('out', 1);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    expect([placing.touchesNobody, placing.ready, placing.pointless]).toEqual([true, false, false]);
    answer = () => preview('f');
    name(placing, 'cellar');
    await vi.runAllTimersAsync();
    expect(placing.ready).toBe(true);
  });

  it('wants the number on a production gateway, and anew for another room', async () => {
    const placing = begin('in', 3, true);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    expect(placing.ready).toBe(false);
    placing.typed = '1';
    expect(placing.ready).toBe(true);
    name(placing, 'cellar');
    expect(placing.typed).toBe('');
  });

  it('names with whom it failed, and goes on with them', async () => {
    const refused = [{ code: 'conflict', message: 'too many rooms', users: [1] }];
    answer = (what, args) =>
      what.startsWith('preview') ? preview(`f${named(args)}`) : { sockets: 2, failed: 1, refused };
    const placing = begin('in', 3);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    await placing.act();
    expect([placing.step, placing.crowd.done, placing.crowd.failed.map(({ why }) => why)]).toEqual([
      'partly',
      2,
      ['too many rooms'],
    ]);
    await placing.again();
    expect([placing.step, placing.crowd.users.map(({ id }) => id)]).toEqual(['seen', [1]]);
  });

  it('looks again where it is one user who has moved meanwhile', async () => {
    answer = (what) =>
      what.startsWith('preview')
        ? preview(`f${asked.length}`)
        : new Failure({ code: 'conflict', reason: { is: 'said', text: 'changed' } });
    const placing = begin('in', 1);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    await placing.act();
    expect([placing.step, placing.changed]).toEqual(['seen', true]);
  });
});
