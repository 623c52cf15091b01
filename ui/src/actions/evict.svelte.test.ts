import { beforeEach, describe, expect, it } from 'vitest';

import type { Preview } from '../generated';
import { Failure, useHost } from '../host';
import { Evicting, type Eviction } from './evict.svelte';

const preview = (fingerprint: string, sockets = 3): Preview => ({
  users: 2,
  sockets,
  nodes: 1,
  sample: [],
  fingerprint,
});
const ROOM = { namespace: '/web', room: 'lobby' };
const ann = { id: 7, username: 'ann' };

let asked: [string, unknown][];
let answers: unknown[];
beforeEach(() => {
  asked = [];
  answers = [];
  useHost({
    call: ((name: string, { args }: { args: unknown }) => {
      asked.push([name, args]);
      const answer = answers.shift();
      return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer);
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

async function begin(eviction: Eviction, production = false) {
  const moving = new Evicting({ profile: 'p', production }, eviction);
  await settled();
  return moving;
}

describe('taking people out of a room', () => {
  it('closes a room for exactly whom it has shown', async () => {
    answers = [preview('f'), { sockets: 3, failed: 0 }];
    const moving = await begin(ROOM);
    await moving.act();
    expect(asked).toEqual([
      ['previewCloseRoom', ROOM],
      ['closeRoom', { ...ROOM, fingerprint: 'f' }],
    ]);
    expect([moving.step, moving.result?.sockets]).toEqual(['done', 3]);
  });

  it('takes one user out, with all sockets', async () => {
    answers = [preview('f'), { sockets: 1, failed: 0 }];
    const moving = await begin({ ...ROOM, user: ann });
    await moving.act();
    expect(asked.map(([name]) => name)).toEqual(['previewLeaveRoom', 'leaveRoom']);
    expect(asked[1]?.[1]).toEqual({ ...ROOM, who: { user: 7 }, fingerprint: 'f' });
  });

  it('looks again where the room has changed meanwhile, and does nothing', async () => {
    const conflict = new Failure({ code: 'conflict', reason: { is: 'said', text: 'changed' } });
    answers = [preview('f'), conflict, preview('g', 4)];
    const moving = await begin(ROOM);
    await moving.act();
    expect([moving.step, moving.changed, moving.preview?.sockets]).toEqual(['seen', true, 4]);
  });

  it('does nothing where nobody is left, and wants the number on a production gateway', async () => {
    answers = [preview('f', 0)];
    const empty = await begin(ROOM);
    expect([empty.pointless, empty.ready]).toEqual([true, false]);
    answers = [preview('f')];
    const moving = await begin(ROOM, true);
    expect(moving.ready).toBe(false);
    moving.typed = '2';
    expect(moving.ready).toBe(true);
  });
});
