/**
 * The notifications that were sent: those that the gateway remembers, and those that go out while one looks.
 *
 * Owns how the two become one list. What the feed says of a notification is newer than what the history said.
 */
import type { Notification, NotificationReport, ProfileId } from '../../generated';
import { call, Failure } from '../../host';
import { joined } from '../../records/joined';

export class Past {
  #read = $state.raw<readonly Notification[]>([]);
  #cursor = $state.raw<string | null>(null);
  /** The first page is there. */
  known = $state(false);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);

  constructor(private readonly profile: ProfileId) {}

  /** Whether there are older ones. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Reads the latest, or goes on reading towards the past. */
  async read(from: 'latest' | 'older'): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const cursor = from === 'latest' ? null : this.#cursor;
      const page = await call('sentNotifications', { profile: this.profile, args: { cursor } });
      const before = from === 'latest' ? [] : this.#read;
      [this.#read, this.#cursor, this.known, this.failure] = [[...before, ...page.items], page.nextCursor, true, null];
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    } finally {
      this.busy = false;
    }
  }

  /** One of them, with what it carried. */
  whole(id: number): Promise<NotificationReport> {
    return call('sentNotification', { profile: this.profile, args: { id } });
  }

  /** All of them, latest first, with what the feed has told since. */
  with(live: readonly Notification[]): Notification[] {
    return [...joined(this.#read, live, ({ id }) => `${id}`)].sort((a, b) => b.id - a.id);
  }
}
