/**
 * Putting users into a room, or taking them out of one that is named only now.
 *
 * Owns which room that is, and when the gateway is asked about it: many users are many questions.
 */
import type { Gateway, MoveArgs, Moved, Namespace, Preview, RoomName, User, UserId } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';
import { Series } from './series.svelte';

/** Into the room, or out of it. */
export type Way = 'in' | 'out';

/** Every namespace has rooms. */
export const NAMESPACES: readonly Namespace[] = ['/web', '/', '/events', '/chat', '/admin'];

/** How long what is typed rests before the gateway is asked about it, in milliseconds. */
const REST_MS = 300;

export class Placing extends Acting<Moved> {
  declare readonly series: Series;
  readonly way: Way;
  namespace = $state<Namespace>('/web');
  room = $state<RoomName>('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    gateway: Pick<Gateway, 'profile' | 'production'>,
    way: Way,
    users: readonly User[],
    namespace: Namespace = '/web',
  ) {
    super(gateway, new Series(users, 'touched'));
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
    return this.room !== '' && this.preview === null && (this.step === 'seen' || this.#timer !== undefined);
  }

  /** Another room is being named. One user is one question, and it is asked as soon as one pauses. */
  aim(): void {
    this.forget();
    if (this.room === '' || this.series.users.length > 1) return;
    this.step = 'looking';
    this.#timer = setTimeout(() => this.settle(), REST_MS);
  }

  /** The room is named. */
  settle(): void {
    if (!this.unasked) return;
    this.#rest();
    void this.look();
  }

  override close(): void {
    this.#rest();
    super.close();
  }

  protected ask(): Promise<Preview> {
    const { profile } = this.gateway;
    const name = this.way === 'in' ? 'previewJoinRoom' : 'previewLeaveRoom';
    return this.series.look((user) => call(name, { profile, args: this.#args(user) }));
  }

  protected async carryOut(): Promise<Moved> {
    const { profile } = this.gateway;
    const name = this.way === 'in' ? 'joinRoom' : 'leaveRoom';
    const moves = await this.series.act((user, fingerprint) =>
      call(name, { profile, args: { ...this.#args(user), fingerprint } }),
    );
    return {
      sockets: moves.reduce((sum, { sockets }) => sum + sockets, 0),
      failed: moves.reduce((sum, { failed }) => sum + failed, 0),
    };
  }

  #args(user: UserId): MoveArgs {
    return { who: { user }, namespace: this.namespace, room: this.room };
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
