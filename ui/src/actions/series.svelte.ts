/**
 * The same act on one user after the other, where the gateway takes only one at a time.
 *
 * Owns the sum of what is seen, and what became of each. It must never act on a user who was not looked at, and where
 * nothing is answered any more it goes no further.
 */
import type { Preview, User, UserId } from '../generated';
import { Failure } from '../host';

/** So many are looked at and acted upon in a minute without keeping other operators from it. */
export const SERIES_MAX = 200;

/** With whom it failed, and why. */
export interface Failed {
  user: User;
  failure: Failure;
}

const ENDS = new Set<Failure['code']>(['notConnected', 'noAnswer', 'throttled', 'forbidden']);

/** Whether the next user would meet that failure too. */
export function endsSeries({ code }: Failure): boolean {
  return ENDS.has(code);
}

const NOBODY: Preview = { users: 0, sockets: 0, nodes: 0, sample: [], fingerprint: '' };

export class Series {
  /** Who is looked at and acted upon; after a failure those who are left. */
  users = $state.raw<readonly User[]>([]);
  /** How many of them it is through with. */
  through = $state(0);
  /** With so many it was done. */
  done = $state(0);
  /** With these it was not. */
  failed = $state.raw<readonly Failed[]>([]);
  readonly #whom: 'everybody' | 'touched';
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it.
  #seen = new Map<UserId, string>();
  #looks = 0;

  /** `touched`: nothing is done to whom it would not touch at the moment. */
  constructor(users: readonly User[], whom: 'everybody' | 'touched') {
    this.users = users;
    this.#whom = whom;
  }

  /** Looks at each, and sums up. A look that another one overtakes asks no further, and its sum is of nobody. */
  async look(ask: (user: UserId) => Promise<Preview>): Promise<Preview> {
    const look = ++this.#looks;
    this.through = 0;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it.
    const seen = new Map<UserId, string>();
    const touched: User[] = [];
    const sum = { users: 0, sockets: 0, nodes: 0 };
    for (const user of this.users) {
      const { users, sockets, nodes, fingerprint } = await ask(user.id);
      if (look !== this.#looks) return NOBODY;
      sum.users += users;
      sum.sockets += sockets;
      sum.nodes = Math.max(sum.nodes, nodes);
      if (sockets > 0) touched.push(user);
      if (sockets > 0 || this.#whom === 'everybody') seen.set(user.id, fingerprint);
      this.through += 1;
    }
    this.#seen = seen;
    return { ...sum, sample: touched.slice(0, 20), fingerprint: [...seen.values()].join(' ') };
  }

  /** Looks no further. */
  stop(): void {
    this.#looks += 1;
  }

  /**
   * Acts on each as it was seen, and answers with what the gateway says of each.
   *
   * @throws what it failed with, where there is only one: that is an act like any other.
   */
  async act<Answer>(carryOut: (user: UserId, fingerprint: string) => Promise<Answer>): Promise<Answer[]> {
    this.through = 0;
    const answers: Answer[] = [];
    const failed: Failed[] = [];
    let end: Failure | undefined;
    for (const user of this.users) {
      const fingerprint = this.#seen.get(user.id);
      if (fingerprint === undefined) continue;
      try {
        if (end !== undefined) throw end;
        answers.push(await carryOut(user.id, fingerprint));
      } catch (thrown) {
        if (this.users.length === 1) throw thrown;
        const failure = Failure.from(thrown);
        failed.push({ user, failure });
        if (endsSeries(failure)) end = failure;
      }
      this.through += 1;
    }
    this.done = answers.length;
    this.failed = failed;
    return answers;
  }

  /** Goes on with those with whom it failed. */
  goOn(): void {
    this.users = this.failed.map(({ user }) => user);
    this.done = 0;
    this.failed = [];
  }
}
