/**
 * What many people are sent, once somebody is sure.
 *
 * Who is online changes from second to second, so the preview is a look ahead and not a promise: the command carries no
 * fingerprint, and the result says what happened.
 */
import { Acting } from '../../actions/acting.svelte';
import type { Gateway, Notified, NotifyArgs, Preview } from '../../generated';
import { call } from '../../host';

export class Broadcast extends Acting<Notified> {
  readonly args: NotifyArgs;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, args: NotifyArgs) {
    super(gateway);
    this.args = args;
    void this.look();
  }

  /** Users who are away find it when they come back. */
  override get pointless(): boolean {
    const { target } = this.args;
    return super.pointless && !(typeof target === 'object' && 'users' in target);
  }

  protected ask(): Promise<Preview> {
    return call('previewNotify', { profile: this.gateway.profile, args: this.args });
  }

  protected carryOut(): Promise<Notified> {
    return call('notify', { profile: this.gateway.profile, args: this.args });
  }
}
