/**
 * Disconnecting somebody, from the first look to the result: look (a dry run) → say why → act on exactly what was seen.
 *
 * Owns the steps and what is known at each. It must never act on what was not shown: the preview's fingerprint goes with
 * the command, and where the gateway says that it no longer fits, the new preview is shown instead.
 */
import type { Disconnected, DisconnectTarget, Gateway, Preview } from '../generated';
import { call, Failure } from '../host';
import { isNumber } from './number';

const REASON_MAX = 200;

/** The gateway wants a reason even for a dry run, where nobody reads it. */
const NO_REASON_YET = 'preview';

export type Step =
  /** The gateway is being asked whom it touches. */
  | 'looking'
  /** The preview is shown; one may go on. */
  | 'seen'
  /** The gateway is acting. */
  | 'acting'
  /** It has acted, and some nodes have failed. */
  | 'partly'
  /** It has acted. */
  | 'done';

export class Disconnecting {
  step = $state<Step>('looking');
  preview = $state.raw<Preview | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The targets had changed since they were seen: the preview is a new one, and nothing was done. */
  changed = $state(false);
  result = $state.raw<Disconnected | null>(null);
  reason = $state('');
  /** The number, typed, where the gateway is one of production. */
  typed = $state('');

  readonly gateway: Pick<Gateway, 'profile' | 'production'>;
  readonly target: DisconnectTarget;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, target: DisconnectTarget) {
    this.gateway = gateway;
    this.target = target;
    void this.look();
  }

  get reasonTooLong(): boolean {
    return this.reason.trim().length > REASON_MAX;
  }

  /** Whether all is said that has to be said before acting. */
  get ready(): boolean {
    if (this.step !== 'seen' || this.preview === null || this.preview.sockets === 0) return false;
    if (this.reason.trim() === '' || this.reasonTooLong) return false;
    return !this.gateway.production || isNumber(this.typed, this.preview.users);
  }

  /** Asks whom it touches now. What was typed stays. */
  async look(): Promise<void> {
    this.step = 'looking';
    this.failure = null;
    try {
      const args = { target: this.target, reason: this.reason.trim() || NO_REASON_YET };
      this.preview = await call('previewDisconnect', { profile: this.gateway.profile, args });
    } catch (thrown) {
      this.preview = null;
      this.failure = Failure.from(thrown);
    }
    this.step = 'seen';
  }

  /** Disconnects whom the preview shows. */
  async act(): Promise<void> {
    const { preview } = this;
    if (!this.ready || preview === null) return;
    this.step = 'acting';
    this.failure = null;
    this.changed = false;
    try {
      const args = { target: this.target, reason: this.reason.trim(), fingerprint: preview.fingerprint };
      this.result = await call('disconnect', { profile: this.gateway.profile, args });
      this.step = this.result.nodes.some((node) => node.error !== undefined) ? 'partly' : 'done';
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

  /** What was done, over all nodes. */
  get done(): { users: number; connections: number } {
    const nodes = this.result?.nodes ?? [];
    return {
      users: nodes.reduce((sum, node) => sum + node.users, 0),
      connections: nodes.reduce((sum, node) => sum + node.connections, 0),
    };
  }
}
