/**
 * Putting users into a room, or taking them out of one that is named only now.
 *
 * Owns which room that is, and when the gateway is asked about it.
 */
import type { Gateway, MoveArgs, Moved, Namespace, Preview, RoomName, User } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';
import { Crowd } from './crowd.svelte';

/** Into the room, or out of it. */
export type Way = 'in' | 'out';

/** Every namespace has rooms. */
export const NAMESPACES: readonly Namespace[] = ['/web', '/', '/events', '/chat', '/admin'];

export class Placing extends Acting<Moved> {
  declare readonly crowd: Crowd;
  readonly way: Way;
  namespace = $state<Namespace>('/web');
  room = $state<RoomName>('');

  constructor(
    gateway: Pick<Gateway, 'profile' | 'production'>,
    way: Way,
    users: readonly User[],
    namespace: Namespace = '/web',
  ) {
    super(gateway, new Crowd(users));
    this.way = way;
    this.namespace = namespace;
    this.step = 'seen';
  }

  /** One can name another room. */
  override get pointless(): boolean {
    return false;
  }

  override get ready(): boolean {
    return super.ready && !this.touchesNobody;
  }

  /** All of them are where they would be put. */
  get touchesNobody(): boolean {
    return this.preview?.sockets === 0;
  }

  /** The room is named, and the gateway has not been asked about it. */
  get unasked(): boolean {
    return this.room !== '' && this.preview === null && (this.step === 'seen' || this.looksSoon);
  }

  /** Another room is being named. It is asked about as soon as one pauses. */
  aim(): void {
    this.forget();
    if (this.room === '') return;
    this.lookSoon();
  }

  /** The room is named. */
  settle(): void {
    if (this.unasked) void this.look();
  }

  protected ask(): Promise<Preview> {
    const name = this.way === 'in' ? 'previewJoinRoom' : 'previewLeaveRoom';
    return call(name, { profile: this.gateway.profile, args: this.#args() });
  }

  protected async carryOut(fingerprint: string): Promise<Moved> {
    const name = this.way === 'in' ? 'joinRoom' : 'leaveRoom';
    const moved = await call(name, { profile: this.gateway.profile, args: { ...this.#args(), fingerprint } });
    this.crowd.hear(moved.refused);
    return moved;
  }

  #args(): MoveArgs {
    return { who: this.crowd.named, namespace: this.namespace, room: this.room };
  }
}
