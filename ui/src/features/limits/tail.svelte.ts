/**
 * The limits tail between the page and its view: what is shown of it, and when it moves.
 */
import { Feed } from '../../feeds/feed.svelte';
import { LimitsBuffer } from '../../feeds/limits';
import { Stoppable } from '../../feeds/stoppable.svelte';
import type { Flow, ProfileId } from '../../generated';

export class LimitsTail extends Stoppable {
  readonly feed: Feed<'limits', LimitsBuffer>;

  constructor(profile: ProfileId, filter: string) {
    super();
    this.feed = new Feed({ view: 'limits', profile, filter, flow: 'following' }, new LimitsBuffer());
  }

  filter(filter: string): void {
    if (this.feed.query.filter !== filter) this.feed.change({ filter });
  }

  close(): void {
    this.feed.close();
  }

  protected flow(flow: Flow): void {
    if (this.feed.query.flow !== flow) this.feed.change({ flow });
  }
}
