import { beforeEach, describe, expect, it } from 'vitest';

import type { BanArgs, Banned, Preview, Refused, User } from '../generated';
import { useHost } from '../host';
import { BanningMany } from './banMany.svelte';

const users: User[] = [1, 2, 3].map((id) => ({ id, username: `user-${id}` }));

let asked: [string, BanArgs][];
let refused: Refused[];

beforeEach(() => {
  asked = [];
  refused = [];
  useHost({
    call: ((name: string, { args }: { args: BanArgs }) => {
      asked.push([name, args]);
      const many = 'users' in args.target ? args.target.users.length : 1;
      const preview: Preview = { users: many, sockets: 2 * many, nodes: 1, sample: [], fingerprint: `f${many}` };
      if (name === 'previewBan') return Promise.resolve(preview);
      const nodes = [{ node: 'gw-1', users: many, connections: 2 * many }];
      const banned: Banned = { at: `at ${asked.length}`, nodes, refused };
      return Promise.resolve(banned);
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('banning several users', () => {
  it('is one act on all of them as they were seen, and wants their number on a production gateway', async () => {
    const banning = new BanningMany({ profile: 'p', production: true }, users);
    await settled();
    expect(banning.preview).toMatchObject({ users: 3, sockets: 6 });
    banning.reason = ' flooding ';
    banning.term = 'ever';
    expect(banning.ready).toBe(false);
    banning.typed = '3';
    await banning.act();
    const target = { users: [1, 2, 3] };
    expect(asked).toEqual([
      ['previewBan', { target, reason: 'preview' }],
      ['ban', { target, reason: 'flooding', fingerprint: 'f3' }],
    ]);
    expect([banning.step, banning.done]).toEqual(['done', { users: 3, connections: 6 }]);
    expect(banning.acts).toEqual([{ target, at: 'at 2' }]);
  });

  it('names whom it failed with, begins again with them alone, and is undone as a whole', async () => {
    refused = [{ code: 'conflict', message: 'it is you', users: [2] }];
    const banning = new BanningMany({ profile: 'p', production: false }, users);
    await settled();
    banning.reason = 'flooding';
    await banning.act();
    expect([banning.step, banning.crowd.done, banning.crowd.failed]).toEqual([
      'partly',
      2,
      [{ user: users[1], why: 'it is you' }],
    ]);
    refused = [];
    await banning.again();
    expect([banning.reason, banning.preview?.users]).toEqual(['flooding', 1]);
    await banning.act();
    expect(asked.at(-1)?.[1].target).toEqual({ user: 2 });
    expect([banning.step, banning.banned, banning.done]).toEqual(['done', 3, { users: 4, connections: 8 }]);
    expect(banning.acts).toEqual([
      { target: { users: [1, 2, 3] }, at: 'at 2' },
      { target: { user: 2 }, at: 'at 4' },
    ]);
  });
});
