/**
 * What ends somebody's connections: it is done for a reason, and each node says how many it has ended.
 *
 * Owns the reason and the sum of what was done.
 */
import type { NodeResult } from '../generated';
import { Acting } from './acting.svelte';

const REASON_MAX = 200;

/** The gateway wants a reason even for a dry run, where nobody reads it. */
const NO_REASON_YET = 'preview';

export abstract class Sanctioning<Result extends { nodes: NodeResult[] }> extends Acting<Result> {
  reason = $state('');

  /** The reason, as the gateway is told it. */
  protected get said(): string {
    return this.reason.trim() || NO_REASON_YET;
  }

  get reasonTooLong(): boolean {
    return this.reason.trim().length > REASON_MAX;
  }

  override get ready(): boolean {
    return super.ready && this.reason.trim() !== '' && !this.reasonTooLong;
  }

  override get nodes(): readonly NodeResult[] {
    return this.result?.nodes ?? [];
  }

  /** What was done, over all nodes. */
  get done(): { users: number; connections: number } {
    return {
      users: this.nodes.reduce((sum, node) => sum + node.users, 0),
      connections: this.nodes.reduce((sum, node) => sum + node.connections, 0),
    };
  }
}
