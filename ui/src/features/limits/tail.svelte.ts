/**
 * The limits tail between the page and its view: what is shown of it, and when it moves.
 *
 * Owns who has stopped it: the button, or somebody who is looking at the rows. It goes on when neither does.
 */
import { Feed } from '../../feeds/feed.svelte';
import { LimitsBuffer } from '../../feeds/limits';
import type { ProfileId } from '../../generated';

export class LimitsTail {
  readonly feed: Feed<'limits', LimitsBuffer>;
  #paused = $state(false);
  #held = $state(false);

  constructor(profile: ProfileId, filter: string) {
    this.feed = new Feed({ view: 'limits', profile, filter, flow: 'following' }, new LimitsBuffer());
  }

  /** Stopped by the button. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Stopped, by whatever. */
  get still(): boolean {
    return this.#paused || this.#held;
  }

  pause(): void {
    this.#paused = true;
    this.#flow();
  }

  follow(): void {
    this.#paused = false;
    this.#held = false;
    this.#flow();
  }

  /** Somebody looks at the rows, or no longer does. */
  hold(held: boolean): void {
    this.#held = held;
    this.#flow();
  }

  filter(filter: string): void {
    if (this.feed.query.filter !== filter) this.feed.change({ filter });
  }

  close(): void {
    this.feed.close();
  }

  #flow(): void {
    const flow = this.still ? 'paused' : 'following';
    if (this.feed.query.flow !== flow) this.feed.change({ flow });
  }
}
