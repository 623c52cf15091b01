/**
 * The users that an act is done to at once, and with whom of them it failed.
 *
 * Owns who they are and how the gateway is told. It must never know what is done to them.
 */
import type { Refused, User, UserId } from '../generated';

/** With whom it failed, and why. */
export interface Failed {
  user: User;
  why: string;
}

export class Crowd {
  /** To whom it is done; after a failure those who are left. */
  users = $state.raw<readonly User[]>([]);
  failed = $state.raw<readonly Failed[]>([]);

  constructor(users: readonly User[]) {
    this.users = users;
  }

  /** As a command names them: an act on one is not one on many, and fails like any other. */
  get named(): { user: UserId } | { users: UserId[] } {
    const [one] = this.users;
    if (one !== undefined && this.users.length === 1) return { user: one.id };
    return { users: this.users.map(({ id }) => id) };
  }

  /** With so many it was done. */
  get done(): number {
    return this.users.length - this.failed.length;
  }

  /** What the gateway says of those with whom it failed. */
  hear(refused: readonly Refused[] = []): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it.
    const why = new Map(refused.flatMap(({ users, message }) => users.map((id) => [id, message] as const)));
    this.failed = this.users.flatMap((user) => {
      const said = why.get(user.id);
      return said === undefined ? [] : [{ user, why: said }];
    });
  }

  /** Goes on with those with whom it failed. */
  goOn(): void {
    this.users = this.failed.map(({ user }) => user);
    this.failed = [];
  }
}
