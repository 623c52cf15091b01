/**
 * A private message of an operator, to one user or to each of several.
 */
import type { Gateway, MessageArgs, Messaged, Namespace, Preview, User, UserId } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';
import { Series } from './series.svelte';

/** In UTF-16 units, as the gateway counts. */
const MESSAGE_MAX = 1000;

/** The namespaces that have private messages. */
export const READ_AT: readonly Namespace[] = ['/web', '/', '/admin'];

/** The gateway wants a text even for a dry run, where nobody reads it. */
const NOTHING_YET = 'preview';

export class Messaging extends Acting<Pick<Messaged, 'delivered' | 'queued'>> {
  declare readonly series: Series;
  namespace = $state<Namespace>('/web');
  message = $state('');

  /** `where`: the namespaces that they are in. */
  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, users: readonly User[], where: readonly Namespace[]) {
    super(gateway, new Series(users, 'everybody'));
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
    return this.preview === null ? 0 : this.series.users.length - this.preview.users;
  }

  /** It is to be read somewhere else. */
  aim(): void {
    this.forget();
    void this.look();
  }

  protected ask(): Promise<Preview> {
    const { profile } = this.gateway;
    return this.series.look((user) => call('previewMessage', { profile, args: this.#args(user) }));
  }

  protected async carryOut(): Promise<Pick<Messaged, 'delivered' | 'queued'>> {
    const { profile } = this.gateway;
    const sent = await this.series.act((user, fingerprint) =>
      call('message', { profile, args: { ...this.#args(user), fingerprint } }),
    );
    return {
      delivered: sent.reduce((sum, { delivered }) => sum + delivered, 0),
      queued: sent.reduce((sum, { queued }) => sum + queued, 0),
    };
  }

  #args(user: UserId): MessageArgs {
    const { namespace } = this;
    return { user, namespace, message: this.message.trim() === '' ? NOTHING_YET : this.message };
  }
}
