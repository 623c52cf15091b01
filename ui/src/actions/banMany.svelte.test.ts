import { beforeEach, describe, expect, it } from 'vitest';

import type { BanArgs, Preview, User } from '../generated';
import { Failure, useHost } from '../host';
import { toasts } from '../kit/toasts.svelte';
import { undoingAll } from './ban.svelte';
import { BanningMany } from './banMany.svelte';

const users: User[] = [1, 2, 3].map((id) => ({ id, username: `user-${id}` }));
const seen = (id: unknown): Preview => ({
  users: 1,
  sockets: 2,
  nodes: 1,
  sample: [],
  fingerprint: `f${String(id)}`,
});

let banned: BanArgs[];
let lifted: unknown[];
let refused: unknown;

beforeEach(() => {
  banned = [];
  lifted = [];
  refused = undefined;
  useHost({
    call: ((name: string, { args }: { args: BanArgs }) => {
      const id = 'user' in args.target ? args.target.user : undefined;
      if (name === 'previewBan') return Promise.resolve(seen(id));
      if (id === refused)
        return Promise.reject(new Failure({ code: 'conflict', reason: { is: 'said', text: 'changed' } }));
      if (name === 'unban') {
        lifted.push(id);
        return Promise.resolve({});
      }
      banned.push(args);
      return Promise.resolve({ ban: { target: args.target }, nodes: [{ node: 'gw-1', users: 1, connections: 2 }] });
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('banning several users', () => {
  it('bans each as it was seen, for one reason, and wants their number on a production gateway', async () => {
    const banning = new BanningMany({ profile: 'p', production: true }, users);
    await settled();
    expect(banning.preview).toMatchObject({ users: 3, sockets: 6 });
    banning.reason = ' flooding ';
    banning.term = 'ever';
    expect(banning.ready).toBe(false);
    banning.typed = '3';
    await banning.act();
    expect(banned).toEqual(
      [1, 2, 3].map((user) => ({ target: { user }, reason: 'flooding', fingerprint: `f${user}` })),
    );
    expect([banning.step, banning.nodes]).toEqual(['done', [{ node: 'gw-1', users: 3, connections: 6 }]]);
  });

  it('names whom it failed with, and begins again with them alone', async () => {
    refused = 2;
    const banning = new BanningMany({ profile: 'p', production: false }, users);
    await settled();
    banning.reason = 'flooding';
    await banning.act();
    expect(banning.step).toBe('partly');
    expect(banning.series.failed.map(({ user }) => user.id)).toEqual([2]);
    refused = undefined;
    await banning.again();
    expect([banning.reason, banning.preview?.users]).toEqual(['flooding', 1]);
    await banning.act();
    expect(banned.map(({ target }) => target)).toEqual([{ user: 1 }, { user: 3 }, { user: 2 }]);
    expect(banning.set.map(({ target }) => target)).toEqual([{ user: 1 }, { user: 3 }, { user: 2 }]);
  });

  it('can be undone, although one of the bans is lifted already', async () => {
    const banning = new BanningMany({ profile: 'p', production: false }, users);
    await settled();
    banning.reason = 'flooding';
    await banning.act();
    refused = 2;
    undoingAll({ profile: 'p' }, banning.set).run();
    await settled();
    expect(lifted).toEqual([1, 3]);
    expect(toasts.shown.map(({ tone, title }) => [tone, title])).toContainEqual(['ok', '2 bans lifted']);
  });
});
