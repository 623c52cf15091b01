/**
 * As which events a notification goes out: the contract's own table, so that who writes one knows what a client hears.
 */
import type { Draft } from './draft';

/** The event's names, each with where it is heard when that is not said by the target. */
export function eventsOf(draft: Pick<Draft, 'audience' | 'namespace' | 'roomNamespace'>): string[] {
  const own = { all: 'system:notification', users: 'user:notification', room: 'room:notification' };
  switch (draft.audience) {
    case 'all':
      return ['system:notification', 'notification'];
    case 'users':
      return [own.users, 'notification', 'system:notification'];
    case 'room':
      return [eventIn(draft.roomNamespace, own.room)];
    case 'namespace':
      return [eventIn(draft.namespace, own.all)];
  }
}

function eventIn(namespace: string, own: string): string {
  if (namespace === '/') return 'notification';
  return namespace === '/admin' || namespace === '/web' ? own : 'system:notification';
}
