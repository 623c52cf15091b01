/**
 * The trace between the page and its view: what is traced, and when the rows move.
 *
 * Owns who has stopped it: the button, or somebody who is looking at the rows. It goes on when neither does. The gateway
 * traces for as long as this is open.
 */
import { Feed } from '../../feeds/feed.svelte';
import { TraceBuffer } from '../../feeds/trace';
import type { ProfileId } from '../../generated';
import type { Scope } from './scope';

export class LiveTrace {
  readonly feed: Feed<'trace', TraceBuffer>;
  #paused = $state(false);
  #held = $state(false);

  constructor(profile: ProfileId, scope: Scope) {
    this.feed = new Feed({ view: 'trace', profile, ...scope, flow: 'following' }, new TraceBuffer());
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

  /** Traces something else. Does nothing where it traces that already. */
  aim(scope: Scope): void {
    const { query } = this.feed;
    const same = (Object.keys(scope) as (keyof Scope)[]).every((name) => scope[name] === query[name]);
    if (!same) this.feed.change(scope);
  }

  close(): void {
    this.feed.close();
  }

  #flow(): void {
    const flow = this.still ? 'paused' : 'following';
    if (this.feed.query.flow !== flow) this.feed.change({ flow });
  }
}
