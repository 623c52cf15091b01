/**
 * Emptying a node: everybody but operators is sent away, and nobody is let in until somebody says so. And saying so.
 */
import { Acting } from '../../actions/acting.svelte';
import type { DrainArgs, Draining, Gateway, Preview } from '../../generated';
import { call, Failure } from '../../host';
import { toasts } from '../../kit/toasts.svelte';
import { m } from '../../paraglide/messages.js';
import { failureWords } from '../../words/failure';
import { isolated } from '../../words/visible';

/** The longest that clients may be sent away over, in seconds. */
const LONGEST_S = 3600;

export class Emptying extends Acting<Draining> {
  /** Over how many seconds, as it is typed. */
  over = $state('30');

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>) {
    super(gateway);
    void this.look();
  }

  /** Over how many seconds; `null` where what is typed is no such number. */
  get seconds(): number | null {
    const digits = this.over.trim();
    const seconds = /^\d{1,4}$/.test(digits) ? Number(digits) : Number.NaN;
    return seconds <= LONGEST_S ? seconds : null;
  }

  /** Where nobody is, nobody is let in either: that has its point. */
  override get pointless(): boolean {
    return false;
  }

  override get ready(): boolean {
    return super.ready && this.seconds !== null;
  }

  protected ask(): Promise<Preview> {
    return call('previewDrain', { profile: this.gateway.profile, args: {} });
  }

  protected carryOut(fingerprint: string): Promise<Draining> {
    const args: DrainArgs = this.seconds === null ? {} : { over: this.seconds };
    return call('drain', { profile: this.gateway.profile, args: { ...args, fingerprint } });
  }
}

/** Lets everybody in again. It undoes, and so it does not ask. */
export async function resume({ profile }: Pick<Gateway, 'profile'>): Promise<void> {
  try {
    const { node } = await call('resume', { profile, args: {} });
    toasts.show({ tone: 'ok', title: m.node_resumed({ node: isolated(node) }) });
  } catch (thrown) {
    const failure = Failure.from(thrown);
    toasts.show({ tone: 'bad', title: failureWords(failure.code).title, detail: failure.message });
  }
}
