import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';

import type { Gateway, PersonConnection, PersonUpdate } from '../../generated';
import { useHost } from '../../host';
import PersonInspector from './PersonInspector.svelte';

it('shows rooms whose names look alike where they are joined', async () => {
  const user = { id: 7, username: 'bob' };
  const connection: PersonConnection = {
    id: 'c',
    user,
    client: 'a test',
    operator: false,
    node: 'gw-1',
    transport: 'websocket',
    address: '10.0.0.7',
    userAgent: '',
    idle: false,
    onlineAt: '2026-03-01T12:00:00.000Z',
    lastActivity: '2026-03-01T12:00:00.000Z',
    namespaces: [
      { namespace: '/a b', socket: '1', rooms: ['c'] },
      { namespace: '/a', socket: '2', rooms: ['b c'] },
    ],
  };
  useHost({
    call: () => Promise.reject(new Error('nothing is called')),
    openView: ((_: unknown, { update }: { update: (update: PersonUpdate) => void }) => {
      update({ user, connections: [connection], hits: 0, recent: [] });
      return { change: () => undefined, close: () => undefined };
    }) as never,
  });
  const nothing = () => undefined;
  const gateway = { profile: 'p', link: { state: 'live' }, operator: { role: 'operator' } } as unknown as Gateway;
  const props = { gateway, user, onClose: nothing, onNotify: nothing, onTrace: nothing, onDeed: nothing };
  const inspector = mount(PersonInspector, { target: document.body, props });
  flushSync();
  await vi.waitFor(() => expect(document.querySelectorAll('.rooms .room')).toHaveLength(2));
  await unmount(inspector);
});
