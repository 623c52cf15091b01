/**
 * An act that is confirmed: look (a dry run) → act on exactly what was seen.
 *
 * Owns the steps and what is known at each. It must never act on what was not shown: the preview's fingerprint goes with
 * the command, and where the gateway says that it no longer fits, the new preview is shown instead.
 */
import type { Gateway, Preview } from '../generated';
import { Failure } from '../host';
import { isNumber } from './number';

/** What is asked of the gateway: first whom it would touch, then to do it. */
export interface Deed<Answer> {
  look: () => Promise<Preview>;
  carryOut: (fingerprint: string) => Promise<Answer>;
  /** Whether it is done where nobody is touched at the moment, as a change of the rules is. */
  without: 'pointless' | 'sensible';
}

export class Confirming<Answer> {
  step = $state<'looking' | 'seen' | 'acting' | 'done'>('looking');
  preview = $state.raw<Preview | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Whom it touches had changed since: the preview is a new one, and nothing was done. */
  changed = $state(false);
  answer = $state.raw<Answer | null>(null);
  /** The number, typed, where the gateway is one of production. */
  typed = $state('');

  readonly gateway: Pick<Gateway, 'profile' | 'production'>;
  readonly deed: Deed<Answer>;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, deed: Deed<Answer>) {
    this.gateway = gateway;
    this.deed = deed;
    void this.look();
  }

  /** There is nobody whom it would touch, and so nothing to do. */
  get pointless(): boolean {
    return this.deed.without === 'pointless' && this.preview?.sockets === 0;
  }

  /** Whether all is said that has to be said before acting. */
  get ready(): boolean {
    if (this.step !== 'seen' || this.preview === null || this.pointless) return false;
    return !this.gateway.production || isNumber(this.typed, this.preview.users);
  }

  /** Asks whom it touches now. */
  async look(): Promise<void> {
    this.step = 'looking';
    this.failure = null;
    try {
      this.preview = await this.deed.look();
    } catch (thrown) {
      this.preview = null;
      this.failure = Failure.from(thrown);
    }
    this.step = 'seen';
  }

  /** Does it to whom the preview shows. */
  async act(): Promise<void> {
    const { preview } = this;
    if (!this.ready || preview === null) return;
    this.step = 'acting';
    this.failure = null;
    this.changed = false;
    try {
      this.answer = await this.deed.carryOut(preview.fingerprint);
      this.step = 'done';
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === 'conflict') {
        this.typed = '';
        await this.look();
        this.changed = true;
      } else {
        this.failure = failure;
        this.step = 'seen';
      }
    }
  }
}
