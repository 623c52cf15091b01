/**
 * A tail between the page and its view: of which rows it is, and when it moves.
 */
import type { Flow, Scope } from '../generated';
import { Stoppable } from './stoppable.svelte';

interface Query {
  scope: Scope;
  flow: Flow;
}

/** The feed of a tail, whatever its rows are. */
interface TailFeed {
  readonly query: Query;
  change(part: Partial<Query>): void;
  close(): void;
}

/** A tail that is open. `open` opens its view; for as long as the trace's is open, the gateway traces. */
export class LiveTail<F extends TailFeed> extends Stoppable {
  readonly #open: (query: Query) => F;
  #feed: F;

  constructor(scope: Scope, open: (query: Query) => F) {
    super();
    this.#open = open;
    this.#feed = $state.raw(open({ scope, flow: 'following' }));
  }

  get feed(): F {
    return this.#feed;
  }

  /** Shows other rows. Does nothing where it shows those already. */
  aim(scope: Scope): void {
    const shown = this.#feed.query.scope;
    const same = (Object.keys(scope) as (keyof Scope)[]).every((name) => scope[name] === shown[name]);
    if (!same) this.#feed.change({ scope });
  }

  /** Opens the view anew: the gateway is asked again. */
  again(): void {
    const { scope, flow } = this.#feed.query;
    this.#feed.close();
    this.#feed = this.#open({ scope, flow });
  }

  close(): void {
    this.#feed.close();
  }

  protected flow(flow: Flow): void {
    if (this.#feed.query.flow !== flow) this.#feed.change({ flow });
  }
}
