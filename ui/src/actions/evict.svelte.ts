/**
 * Taking people out of a room, one or all of them.
 */
import type { CloseRoomArgs, Gateway, Moved, Namespace, Preview, RoomName, User } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';

/** A room, and the one who is to leave it; without one it is closed. */
export interface Eviction {
  namespace: Namespace;
  room: RoomName;
  user?: User;
}

export class Evicting extends Acting<Moved> {
  readonly #room: CloseRoomArgs;
  readonly #user: User | undefined;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, { user, ...room }: Eviction) {
    super(gateway);
    this.#room = room;
    this.#user = user;
    void this.look();
  }

  protected ask(): Promise<Preview> {
    const { profile } = this.gateway;
    if (this.#user === undefined) return call('previewCloseRoom', { profile, args: this.#room });
    return call('previewLeaveRoom', { profile, args: { ...this.#room, who: { user: this.#user.id } } });
  }

  protected carryOut(fingerprint: string): Promise<Moved> {
    const { profile } = this.gateway;
    const room = { ...this.#room, fingerprint };
    if (this.#user === undefined) return call('closeRoom', { profile, args: room });
    return call('leaveRoom', { profile, args: { ...room, who: { user: this.#user.id } } });
  }
}
