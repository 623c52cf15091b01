import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Preview, User } from '../generated';
import { Failure, useHost } from '../host';
import { Placing, type Way } from './place.svelte';

const users = (many: number): User[] => Array.from({ length: many }, (_, id) => ({ id, username: `user-${id}` }));
const preview = (fingerprint: string, sockets = 2): Preview => ({
  users: Math.min(sockets, 1),
  sockets,
  nodes: 1,
  sample: [],
  fingerprint,
});

type Args = { who: { user: number }; room: string };
let asked: string[];
let answer: (name: string, args: Args) => unknown;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = (name, { who }) => (name.startsWith('preview') ? preview(`f${who.user}`) : { sockets: 2, failed: 0 });
  useHost({
    call: ((name: string, { args }: { args: Args }) => {
      asked.push(`${name} ${args.who.user} ${args.room}`);
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

  it('asks about many only once the room is named, and once', async () => {
    const placing = begin('out', 3);
    name(placing, 'lobby');
    await vi.runAllTimersAsync();
    expect([asked, placing.unasked]).toEqual([[], true]);
    placing.settle();
    placing.settle();
    await vi.runAllTimersAsync();
    expect(asked).toEqual([0, 1, 2].map((id) => `previewLeaveRoom ${id} lobby`));
    expect([placing.unasked, placing.preview?.sockets]).toEqual([false, 6]);
  });

  it('asks no further about a room that is not meant any more', async () => {
    const placing = begin('in', 3);
    name(placing, 'lobby');
    placing.settle();
    name(placing, 'cellar');
    await vi.runAllTimersAsync();
    expect(asked).toEqual(['previewJoinRoom 0 lobby']);
    expect([placing.preview, placing.step]).toEqual([null, 'seen']);
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
    placing.settle();
    await vi.runAllTimersAsync();
    expect(placing.ready).toBe(false);
    placing.typed = '3';
    expect(placing.ready).toBe(true);
    name(placing, 'cellar');
    expect(placing.typed).toBe('');
  });

  it('names with whom it failed, and goes on with them', async () => {
    answer = (what, { who }) => {
      if (what.startsWith('preview')) return preview(`f${who.user}`);
      return who.user === 1
        ? new Failure({ code: 'conflict', reason: { is: 'said', text: 'changed' } })
        : { sockets: 1, failed: 1 };
    };
    const placing = begin('in', 3);
    name(placing, 'lobby');
    placing.settle();
    await vi.runAllTimersAsync();
    await placing.act();
    expect([placing.step, placing.result]).toEqual(['partly', { sockets: 2, failed: 2 }]);
    await placing.again();
    expect([placing.step, placing.series.users.map(({ id }) => id)]).toEqual(['seen', [1]]);
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
