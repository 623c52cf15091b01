/**
 * A private message of an operator, to one user or to each of several.
 */
import type { Gateway, MessageArgs, Messaged, Namespace, Preview, User } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';
import { Crowd } from './crowd.svelte';

/** In UTF-16 units, as the gateway counts. */
const MESSAGE_MAX = 1000;

/** The namespaces that have private messages. */
export const READ_AT: readonly Namespace[] = ['/web', '/', '/admin'];

/** The gateway wants a text even for a dry run, where nobody reads it. */
const NOTHING_YET = 'preview';

export class Messaging extends Acting<Messaged> {
  declare readonly crowd: Crowd;
  namespace = $state<Namespace>('/web');
  message = $state('');

  /** `where`: the namespaces that they are in. */
  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, users: readonly User[], where: readonly Namespace[]) {
    super(gateway, new Crowd(users));
    this.namespace = READ_AT.find((namespace) => where.includes(namespace)) ?? '/web';
    void this.look();
  }

  get tooLong(): boolean {
    return this.message.length > MESSAGE_MAX;
  }

  /** Who is away reads it later. */
  override get pointless(): boolean {
    return false;
  }

  override get ready(): boolean {
    return super.ready && this.message.trim() !== '' && !this.tooLong;
  }

  /** How many of them are not there to read it now; 0 as long as nobody knows. */
  get away(): number {
    return this.preview === null ? 0 : this.crowd.users.length - this.preview.users;
  }

  /** It is to be read somewhere else. */
  aim(): void {
    this.forget();
    void this.look();
  }

  protected ask(): Promise<Preview> {
    return call('previewMessage', { profile: this.gateway.profile, args: this.#args() });
  }

  protected async carryOut(fingerprint: string): Promise<Messaged> {
    const sent = await call('message', { profile: this.gateway.profile, args: { ...this.#args(), fingerprint } });
    this.crowd.hear(sent.refused);
    return sent;
  }

  #args(): MessageArgs {
    const { namespace } = this;
    return { ...this.crowd.named, namespace, message: this.message.trim() === '' ? NOTHING_YET : this.message };
  }
}
