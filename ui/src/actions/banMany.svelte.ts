/**
 * Banning several users for one reason and one term: each has a ban of their own, which can be lifted alone.
 */
import type { Banned, BanSubject, Gateway, NodeResult, UndoBanArgs, User } from '../generated';
import { Sentencing } from './ban.svelte';
import { Crowd } from './crowd.svelte';

export class BanningMany extends Sentencing {
  declare readonly crowd: Crowd;
  /** What was done, also before it was begun again: it is taken back by the same. */
  acts: readonly UndoBanArgs[] = [];
  /** With so many. */
  banned = 0;
  #nodes = $state.raw<readonly NodeResult[]>([]);

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, users: readonly User[]) {
    super(gateway, new Crowd(users));
    void this.look();
  }

  override get target(): BanSubject {
    return this.crowd.named;
  }

  /** What has become of all of them. */
  override get nodes(): readonly NodeResult[] {
    return this.#nodes;
  }

  protected override async carryOut(fingerprint: string): Promise<Banned> {
    const { target } = this;
    const banned = await super.carryOut(fingerprint);
    this.crowd.hear(banned.refused);
    this.acts = [...this.acts, { target, at: banned.at }];
    this.banned += this.crowd.done;
    this.#nodes = banned.nodes.map((latest) => together(latest, this.#nodes));
    return banned;
  }
}

/** What became of them on a node, with what had before. */
function together({ users, connections, ...latest }: NodeResult, earlier: readonly NodeResult[]): NodeResult {
  const before = earlier.find(({ node }) => node === latest.node) ?? { users: 0, connections: 0 };
  return { ...latest, users: before.users + users, connections: before.connections + connections };
}
