import { beforeEach, describe, expect, it } from 'vitest';

import type { MessageArgs, Preview, User } from '../generated';
import { useHost } from '../host';
import { Messaging } from './message.svelte';

const ann: User = { id: 7, username: 'ann' };
const bob: User = { id: 8, username: 'bob' };

let sent: MessageArgs[];
let online: Set<unknown>;

beforeEach(() => {
  sent = [];
  online = new Set([7, 8]);
  useHost({
    call: ((name: string, { args }: { args: MessageArgs }) => {
      const sockets = online.has(args.user) ? 1 : 0;
      const preview: Preview = { users: sockets, sockets, nodes: 1, sample: [], fingerprint: `f${args.user}` };
      if (name === 'previewMessage') return Promise.resolve(preview);
      sent.push(args);
      return Promise.resolve({ id: 1, targets: sockets, delivered: sockets, queued: 1 - sockets });
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

async function begin(users: User[], where: string[] = [], production = false) {
  const messaging = new Messaging({ profile: 'p', production }, users, where);
  await settled();
  return messaging;
}

describe('a private message', () => {
  it('is sent to each as it was written, where they are', async () => {
    const messaging = await begin([ann, bob], ['/chat', '/']);
    expect(messaging.ready).toBe(false);
    messaging.message = ' mind the gap ';
    expect(messaging.ready).toBe(true);
    await messaging.act();
    expect(sent).toEqual(
      [7, 8].map((user) => ({ user, namespace: '/', message: ' mind the gap ', fingerprint: `f${user}` })),
    );
    expect([messaging.step, messaging.result]).toEqual(['done', { delivered: 2, queued: 0 }]);
  });

  it('waits for whoever is away, and says for how many', async () => {
    online = new Set([8]);
    const messaging = await begin([ann, bob]);
    expect([messaging.namespace, messaging.away]).toEqual(['/web', 1]);
    messaging.message = 'hello';
    await messaging.act();
    expect(messaging.result).toEqual({ delivered: 1, queued: 1 });
  });

  it('is no longer than the gateway takes', async () => {
    const messaging = await begin([ann]);
    messaging.message = 'a'.repeat(1001);
    expect([messaging.tooLong, messaging.ready]).toEqual([true, false]);
  });

  it('wants the number of those whom it reaches on a production gateway', async () => {
    const messaging = await begin([ann, bob], ['/web'], true);
    messaging.message = 'hello';
    expect(messaging.ready).toBe(false);
    messaging.typed = '2';
    expect(messaging.ready).toBe(true);
  });

  it('is asked about anew where it is to be read somewhere else', async () => {
    const messaging = await begin([ann], ['/web']);
    online = new Set();
    messaging.namespace = '/admin';
    messaging.aim();
    await settled();
    expect([messaging.preview?.sockets, messaging.away]).toEqual([0, 1]);
  });
});
