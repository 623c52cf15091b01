/**
 * The change of one limit. It must never guess what a change did: the gateway tells.
 */
import { Acting } from '../../actions/acting.svelte';
import type { Gateway, PolicyEntry, Preview, SetPolicyArgs } from '../../generated';
import { call } from '../../host';

/** Names an entry of the table. */
export function keyOf({ namespace, event }: Pick<PolicyEntry, 'namespace' | 'event'>): string {
  return JSON.stringify([namespace, event]);
}

/** A change of one limit. It holds for whoever sends the event next: nobody has to be there now. */
export class ChangingLimit extends Acting<PolicyEntry> {
  readonly entry: PolicyEntry;
  /** The limit that is to hold; `null` takes the operators' say back. */
  readonly limit: number | null;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, entry: PolicyEntry, limit: number | null) {
    super(gateway);
    this.entry = entry;
    this.limit = limit;
    void this.look();
  }

  override get pointless(): boolean {
    return false;
  }

  protected ask(): Promise<Preview> {
    return call('previewSetPolicy', { profile: this.gateway.profile, args: this.#args() });
  }

  protected carryOut(): Promise<PolicyEntry> {
    return call('setPolicy', { profile: this.gateway.profile, args: this.#args() });
  }

  #args(): SetPolicyArgs {
    const { namespace, event } = this.entry;
    return { namespace, event, limit: this.limit };
  }
}

/** A limit as it was typed; `null` where it is none. */
export function readLimit(text: string): number | null {
  const digits = text.trim().replace(/(\d)[,.\s’'](?=\d{3})/g, '$1');
  const limit = /^\d{1,7}$/.test(digits) ? Number(digits) : 0;
  return limit >= 1 && limit <= 1_000_000 ? limit : null;
}
