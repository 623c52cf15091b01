/**
 * Disconnecting somebody: what the gateway is asked.
 */
import type { DisconnectArgs, Disconnected, DisconnectTarget, Gateway, Preview } from '../generated';
import { call } from '../host';
import { Sanctioning } from './sanction.svelte';

export class Disconnecting extends Sanctioning<Disconnected> {
  readonly target: DisconnectTarget;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, target: DisconnectTarget) {
    super(gateway);
    this.target = target;
    void this.look();
  }

  protected ask(): Promise<Preview> {
    return call('previewDisconnect', { profile: this.gateway.profile, args: this.#args() });
  }

  protected carryOut(fingerprint: string): Promise<Disconnected> {
    return call('disconnect', { profile: this.gateway.profile, args: { ...this.#args(), fingerprint } });
  }

  #args(): DisconnectArgs {
    return { target: this.target, reason: this.said };
  }
}
