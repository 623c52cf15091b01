/**
 * The trace between the page and its view: what is traced, and when the rows move. The gateway traces for as long as this is
 * open.
 */
import { Feed } from '../../feeds/feed.svelte';
import { Stoppable } from '../../feeds/stoppable.svelte';
import { TraceBuffer } from '../../feeds/trace';
import type { Flow, ProfileId } from '../../generated';
import type { Scope } from './scope';

export class LiveTrace extends Stoppable {
  readonly feed: Feed<'trace', TraceBuffer>;

  constructor(profile: ProfileId, scope: Scope) {
    super();
    this.feed = new Feed({ view: 'trace', profile, ...scope, flow: 'following' }, new TraceBuffer());
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

  protected flow(flow: Flow): void {
    if (this.feed.query.flow !== flow) this.feed.change({ flow });
  }
}
