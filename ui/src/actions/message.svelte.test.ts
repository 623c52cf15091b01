import { beforeEach, describe, expect, it } from 'vitest';

import type { MessageArgs, Messaged, Preview, Refused, User } from '../generated';
import { useHost } from '../host';
import { Messaging } from './message.svelte';

const ann: User = { id: 7, username: 'ann' };
const bob: User = { id: 8, username: 'bob' };

let sent: MessageArgs[];
let online: Set<unknown>;
let refused: Refused[];

beforeEach(() => {
  sent = [];
  online = new Set([7, 8]);
  refused = [];
  useHost({
    call: ((name: string, { args }: { args: MessageArgs }) => {
      const to = 'users' in args ? args.users : [args.user];
      const sockets = to.filter((id) => online.has(id)).length;
      const fingerprint = `f${to.join('+')}`;
      const preview: Preview = { users: sockets, sockets, nodes: 1, sample: [], fingerprint };
      if (name === 'previewMessage') return Promise.resolve(preview);
      sent.push(args);
      const messaged: Messaged = { targets: sockets, delivered: sockets, queued: to.length - sockets, refused };
      return Promise.resolve(messaged);
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
    expect(sent).toEqual([{ users: [7, 8], namespace: '/', message: ' mind the gap ', fingerprint: 'f7+8' }]);
    expect(messaging.step).toBe('done');
    expect(messaging.result).toMatchObject({ delivered: 2, queued: 0 });
  });

  it('waits for whoever is away, and says for how many', async () => {
    online = new Set([8]);
    const messaging = await begin([ann, bob]);
    expect([messaging.namespace, messaging.away]).toEqual(['/web', 1]);
    messaging.message = 'hello';
    await messaging.act();
    expect(messaging.result).toMatchObject({ delivered: 1, queued: 1 });
  });

  it('names who will never read it, and goes on with them alone', async () => {
    refused = [{ code: 'not_found', message: 'nobody of this id has been here', users: [7] }];
    const messaging = await begin([ann, bob]);
    messaging.message = 'hello';
    await messaging.act();
    expect([messaging.step, messaging.crowd.done]).toEqual(['partly', 1]);
    expect(messaging.crowd.failed).toEqual([{ user: ann, why: 'nobody of this id has been here' }]);
    refused = [];
    await messaging.again();
    await messaging.act();
    expect(sent.at(-1)).toEqual({ user: 7, namespace: '/web', message: 'hello', fingerprint: 'f7' });
    expect(messaging.step).toBe('done');
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
