/**
 * Stopping and restarting the gateway of this machine, which ends everybody's connections at once: whether that is meant.
 *
 * Owns the question, and whom it says that it touches. It must never end anything itself.
 */
import { isNumber } from '../../actions/number';
import type { Gateway, Preview, Status } from '../../generated';
import { call } from '../../host';

export type End = 'stop' | 'restart';

interface Question {
  readonly end: End;
  /** Whom it touches; `null` where the gateway has not said so. */
  readonly touched: Preview | null;
  /** Actions there must be confirmed by typing. */
  readonly production: boolean;
  readonly answer: (meant: boolean) => void;
}

export class Ending {
  question = $state.raw<Question | null>(null);
  /** The number, typed, where the gateway is one of production. */
  typed = $state('');
  #looking = false;

  /** Whether it may end. Somebody is asked where people are connected to it, and where nobody can say so. */
  async isMeant(end: End, { gateways, local }: Status): Promise<boolean> {
    if (local.state !== 'running') return true;
    if (this.#looking || this.question) return false;
    const gateway = gateways.find((one) => one.local);
    this.#looking = true;
    const touched = gateway ? await whom(gateway) : null;
    this.#looking = false;
    if (touched?.sockets === 0) return true;
    this.typed = '';
    return new Promise((answer) => {
      this.question = { end, touched, production: gateway?.production ?? false, answer };
    });
  }

  get wantsNumber(): boolean {
    return this.question !== null && this.question.production && this.question.touched !== null;
  }

  get ready(): boolean {
    const touched = this.question?.touched ?? null;
    return touched === null || !this.wantsNumber || isNumber(this.typed, touched.users);
  }

  readonly confirm = (): void => {
    if (this.ready) this.#close(true);
  };

  readonly cancel = (): void => this.#close(false);

  #close(meant: boolean): void {
    const { question } = this;
    this.question = null;
    question?.answer(meant);
  }
}

/** Everybody but operators, as where a node is drained; `null` where it does not say so. It may be stopped all the same. */
async function whom({ profile, link }: Gateway): Promise<Preview | null> {
  if (link.state !== 'live') return null;
  return call('previewDrain', { profile, args: {} }).catch(() => null);
}
