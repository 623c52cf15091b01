/**
 * Taking people out of a room, one or all of them.
 */
import type { Moved, Namespace, ProfileId, RoomName, User } from '../generated';
import { call } from '../host';
import type { Deed } from './confirming.svelte';

/** A room, and the one who is to leave it; without one it is closed. */
export interface Eviction {
  namespace: Namespace;
  room: RoomName;
  user?: User;
}

export function evict(profile: ProfileId, { user, ...where }: Eviction): Deed<Moved> {
  if (user === undefined) {
    return {
      look: () => call('previewCloseRoom', { profile, args: where }),
      carryOut: (fingerprint) => call('closeRoom', { profile, args: { ...where, fingerprint } }),
      without: 'pointless',
    };
  }
  const args = { ...where, who: { user: user.id } };
  return {
    look: () => call('previewLeaveRoom', { profile, args }),
    carryOut: (fingerprint) => call('leaveRoom', { profile, args: { ...args, fingerprint } }),
    without: 'pointless',
  };
}
