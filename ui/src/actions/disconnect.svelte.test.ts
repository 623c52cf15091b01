import { beforeEach, describe, expect, it } from 'vitest';

import type { Calls, DisconnectArgs, Preview } from '../generated';
import { Failure, useHost, type CallName } from '../host';
import { Disconnecting } from './disconnect.svelte';

const preview = (users: number, fingerprint: string): Preview => ({
  users,
  sockets: users * 2,
  nodes: 1,
  sample: [],
  fingerprint,
});

type Answers = { [K in CallName]?: (args: Calls[K]['args']) => Calls[K]['answer'] };
let answers: Answers;
let acted: DisconnectArgs[];

beforeEach(() => {
  acted = [];
  answers = {};
  useHost({
    // eslint-disable-next-line @typescript-eslint/require-await
    call: async (name, args) => {
      const answer = answers[name];
      if (answer === undefined) throw new Error(`nobody answers ${name}`);
      return answer(args);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

async function begin({ production = false } = {}) {
  const disconnecting = new Disconnecting({ profile: 'p', production }, { users: [7] });
  await settled();
  return disconnecting;
}

describe('disconnecting', () => {
  it('acts on exactly what was seen, with the reason', async () => {
    answers.previewDisconnect = () => preview(1, 'f1');
    answers.disconnect = ({ args }) => {
      acted.push(args);
      return { nodes: [{ node: 'gw-1', users: 1, connections: 2 }] };
    };
    const one = await begin();
    expect(one.ready).toBe(false);
    one.reason = ' flooding ';
    expect(one.ready).toBe(true);
    await one.act();
    expect(acted).toEqual([{ target: { users: [7] }, reason: 'flooding', fingerprint: 'f1' }]);
    expect(one.step).toBe('done');
    expect(one.done).toEqual({ users: 1, connections: 2 });
  });

  it('wants the number typed on a production gateway', async () => {
    answers.previewDisconnect = () => preview(9, 'f1');
    const one = await begin({ production: true });
    one.reason = 'flooding';
    expect(one.ready).toBe(false);
    one.typed = '8';
    expect(one.ready).toBe(false);
    one.typed = '9';
    expect(one.ready).toBe(true);
  });

  it('shows the new preview when the old one no longer fits, and keeps the reason', async () => {
    let looks = 0;
    answers.previewDisconnect = () => preview((looks += 1), `f${looks}`);
    answers.disconnect = ({ args }) => {
      if (args.fingerprint === 'f1') throw new Failure({ code: 'conflict', reason: { is: 'said', text: 'changed' } });
      return { nodes: [] };
    };
    const one = await begin({ production: true });
    one.reason = 'flooding';
    one.typed = '1';
    await one.act();
    expect(one.changed).toBe(true);
    expect(one.preview?.users).toBe(2);
    expect([one.reason, one.typed]).toEqual(['flooding', '']);
    expect(one.ready).toBe(false);
    one.typed = '2';
    await one.act();
    expect(one.step).toBe('done');
    expect(one.changed).toBe(false);
  });

  it('does nothing where nobody would be touched', async () => {
    answers.previewDisconnect = () => preview(0, 'f1');
    const one = await begin();
    one.reason = 'flooding';
    expect(one.ready).toBe(false);
    await one.act();
    expect(acted).toEqual([]);
  });

  it('names the nodes that failed', async () => {
    answers.previewDisconnect = () => preview(2, 'f1');
    answers.disconnect = () => ({
      nodes: [
        { node: 'gw-1', users: 1, connections: 1 },
        { node: 'gw-2', users: 0, connections: 0, error: 'no answer' },
      ],
    });
    const one = await begin();
    one.reason = 'flooding';
    await one.act();
    expect(one.step).toBe('partly');
  });

  it('keeps what was typed when it fails, and can be tried again', async () => {
    answers.previewDisconnect = () => preview(1, 'f1');
    answers.disconnect = () => {
      throw new Failure({ code: 'noAnswer', reason: { is: 'said', text: 'no answer within 10 s' } });
    };
    const one = await begin();
    one.reason = 'flooding';
    await one.act();
    expect(one.failure?.code).toBe('noAnswer');
    expect(one.step).toBe('seen');
    expect(one.ready).toBe(true);
  });
});
