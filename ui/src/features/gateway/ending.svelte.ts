/**
 * Stopping and restarting the gateway of this machine, and quitting a console with which it ends: each ends everybody's
 * connections at once. Whether that is meant.
 *
 * Owns the question, and whom it says that it touches. It must never end anything itself.
 */
import { isNumber } from '../../actions/number';
import type { Gateway, Preview, Status } from '../../generated';
import { call } from '../../host';

export type End = 'stop' | 'restart' | 'quit';
/** What was decided: it ends, or it is left running; `null` where one thought better of it. */
type Decision = 'end' | 'leave' | null;

interface Question {
  readonly end: End;
  /** Whom it touches; `null` where the gateway has not said so. */
  readonly touched: Preview | null;
  /** Actions there must be confirmed by typing. */
  readonly production: boolean;
  /** It can go on without the console. */
  readonly canStay: boolean;
  readonly answer: (decision: Decision) => void;
}

export class Ending {
  question = $state.raw<Question | null>(null);
  /** The number, typed, where the gateway is one of production. */
  typed = $state('');
  #looking = false;

  /** Whether it may end. Somebody is asked where people are connected to it, and where nobody can say so. */
  async isMeant(end: 'stop' | 'restart', status: Status): Promise<boolean> {
    return (await this.#decide(end, status)) !== null;
  }

  /** What becomes of it with the console. Where it stays by choice, its end is no question. */
  async onQuit(status: Status): Promise<Decision> {
    return staysByChoice(status) ? 'end' : this.#decide('quit', status);
  }

  async #decide(end: End, status: Status): Promise<Decision> {
    if (status.local.state !== 'running') return 'end';
    if (this.#looking || this.question) return null;
    const gateway = status.gateways.find((one) => one.local);
    this.#looking = true;
    const touched = gateway ? await whom(gateway) : null;
    this.#looking = false;
    if (touched?.sockets === 0) return 'end';
    this.typed = '';
    const canStay = end === 'quit' && status.keychain.state === 'ready';
    return new Promise((answer) => {
      this.question = { end, touched, production: gateway?.production ?? false, canStay, answer };
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
    if (this.ready) this.#close('end');
  };

  readonly leave = (): void => this.#close('leave');

  readonly cancel = (): void => this.#close(null);

  #close(decision: Decision): void {
    const { question } = this;
    this.question = null;
    question?.answer(decision);
  }
}

/** Without a keychain it cannot stay: no console could speak to it again. */
function staysByChoice({ preferences, keychain }: Status): boolean {
  return preferences.local.leaveRunning && keychain.state === 'ready';
}

/** Everybody but operators, as where a node is drained; `null` where it does not say so. It may be stopped all the same. */
async function whom({ profile, link }: Gateway): Promise<Preview | null> {
  if (link.state !== 'live') return null;
  return call('previewDrain', { profile, args: {} }).catch(() => null);
}
