/**
 * Disconnecting somebody: what it asks, and that there must be somebody.
 */
import type { Disconnected, DisconnectTarget, Gateway, Preview } from '../generated';
import { call } from '../host';
import { Acting } from './acting.svelte';

export class Disconnecting extends Acting<Disconnected> {
  readonly target: DisconnectTarget;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, target: DisconnectTarget) {
    super(gateway);
    this.target = target;
    void this.look();
  }

  override get ready(): boolean {
    return super.ready && this.preview !== null && this.preview.sockets > 0;
  }

  protected ask(reason: string): Promise<Preview> {
    const { profile } = this.gateway;
    return call('previewDisconnect', { profile, args: { target: this.target, reason } });
  }

  protected carryOut(reason: string, fingerprint: string): Promise<Disconnected> {
    const { profile } = this.gateway;
    return call('disconnect', { profile, args: { target: this.target, reason, fingerprint } });
  }
}
