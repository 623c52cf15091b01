/**
 * Banning several users for one reason and one term: each has a ban of their own, which can be lifted alone.
 */
import type { Ban, Gateway, NodeResult, Preview, User } from '../generated';
import { call } from '../host';
import { now } from '../kit/now.svelte';
import { Sanctioning } from './sanction.svelte';
import { Series } from './series.svelte';
import { endOf, type Term } from './term';

export class BanningMany extends Sanctioning<{ nodes: NodeResult[] }> {
  term = $state<Term>('day');
  /** `2026-11-21T18:30`, of this machine's clock, for the term `moment`. */
  moment = $state('');
  /** The bans that were set, also before it was begun again. */
  set: readonly Ban[] = [];
  declare readonly series: Series;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, users: readonly User[]) {
    super(gateway, new Series(users, 'everybody'));
    void this.look();
  }

  /** When they end by themselves; `null` for never, `undefined` as long as that is not said or is over. */
  until(now: number): string | null | undefined {
    return endOf(this.term, this.moment, now);
  }

  override get ready(): boolean {
    return super.ready && this.until(now.there) !== undefined;
  }

  /** Who is away is banned too. */
  override get pointless(): boolean {
    return false;
  }

  protected ask(): Promise<Preview> {
    const { profile } = this.gateway;
    const reason = this.said;
    return this.series.look((user) => call('previewBan', { profile, args: { target: { user }, reason } }));
  }

  protected async carryOut(): Promise<{ nodes: NodeResult[] }> {
    const { profile } = this.gateway;
    const until = this.until(now.there);
    const common = { reason: this.said, ...(until ? { until } : {}) };
    const bans = await this.series.act((user, fingerprint) =>
      call('ban', { profile, args: { target: { user }, ...common, fingerprint } }),
    );
    this.set = [...this.set, ...bans.map(({ ban }) => ban)];
    return { nodes: byNode(bans.flatMap(({ nodes }) => nodes)) };
  }
}

/** What became of all on each node. */
function byNode(results: readonly NodeResult[]): NodeResult[] {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it.
  const nodes = new Map<string, NodeResult>();
  for (const { node, users, connections, ...error } of results) {
    const sum = nodes.get(node) ?? { node, users: 0, connections: 0 };
    nodes.set(node, { ...error, ...sum, users: sum.users + users, connections: sum.connections + connections });
  }
  return [...nodes.values()];
}
