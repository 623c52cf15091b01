/**
 * What is done to whom from the people page: to one row, to those that are selected, to all that the filter lets through.
 *
 * Owns which dialog is open and for whom, and why a deed is off. It must never act itself: each dialog shows first whom
 * it touches.
 */
import type { Eviction } from '../../actions/evict.svelte';
import type {
  ConnectionId,
  DisconnectTarget,
  MatchPeople,
  Namespace,
  PersonRow,
  ProfileId,
  User,
} from '../../generated';
import { call, Failure } from '../../host';
import { toasts } from '../../kit/toasts.svelte';
import { m } from '../../paraglide/messages.js';
import { failureWords } from '../../words/failure';

export type Deed = 'message' | 'notify' | 'join' | 'leave' | 'disconnect' | 'ban';

/** The dialog that is open. */
export type Dialog =
  | { deed: 'ban'; users: readonly User[] }
  /** `where`: the namespaces that they are in, as far as that is known. */
  | { deed: 'message' | 'join' | 'leave'; users: readonly User[]; where: readonly Namespace[] }
  | { deed: 'evict'; eviction: Eviction }
  | { deed: 'disconnect'; target: DisconnectTarget };

/** How many users match, of so many rows that do; `null` where those are connections, of which one user may have several. */
export function usersMatching(kind: MatchPeople['rows'], rows: number): number | null {
  return kind === 'connections' && rows > 0 ? null : rows;
}

/** Why nothing can be done to so many users; `null` where it can. */
export function whyNotTo(users: number | null): string | null {
  return users === 0 ? m.many_nobody() : null;
}

/** The users of rows, each once. */
export function usersOf(rows: readonly PersonRow[]): User[] {
  return rows.map(({ user }) => user).filter((user, at, all) => all.findIndex(({ id }) => id === user.id) === at);
}

interface Whom {
  users: readonly User[];
  /** Of those only these, where rows stand for connections. */
  connections: readonly ConnectionId[];
  where: readonly Namespace[];
}

export class Deeds {
  dialog = $state.raw<Dialog | null>(null);
  readonly #profile: ProfileId;
  readonly #notify: (users: readonly User[]) => void;

  constructor(profile: ProfileId, notify: (users: readonly User[]) => void) {
    this.#profile = profile;
    this.#notify = notify;
  }

  /** Does it to these rows. */
  to(deed: Deed, kind: MatchPeople['rows'], rows: readonly PersonRow[]): void {
    const connections = kind === 'connections' ? rows.map(({ key }) => key) : [];
    this.#open(deed, { users: usersOf(rows), connections, where: rows.flatMap(({ namespaces }) => namespaces) });
  }

  /** Does it to everybody whom a filter lets through at this moment. */
  async toMatching(deed: Deed, matching: MatchPeople): Promise<void> {
    try {
      const { users, connections } = await call('matchingPeople', { profile: this.#profile, args: matching });
      const why = whyNotTo(users.length);
      if (why !== null) toasts.show({ tone: 'warn', title: why });
      else this.#open(deed, { users, connections, where: [] });
    } catch (thrown) {
      const { code, message } = Failure.from(thrown);
      toasts.show({ tone: 'bad', title: failureWords(code).title, detail: message });
    }
  }

  close(): void {
    this.dialog = null;
  }

  #open(deed: Deed, { users, connections, where }: Whom): void {
    if (users.length === 0) return;
    switch (deed) {
      case 'notify':
        this.#notify(users);
        break;
      case 'message':
      case 'join':
      case 'leave':
        this.dialog = { deed, users, where };
        break;
      case 'ban':
        this.dialog = { deed, users };
        break;
      case 'disconnect': {
        const target =
          connections.length > 0 ? { connections: [...connections] } : { users: users.map(({ id }) => id) };
        this.dialog = { deed, target };
        break;
      }
    }
  }
}
