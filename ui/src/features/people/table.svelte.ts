/**
 * The people table between the page and its view: which window is asked for, and when rows may move.
 *
 * Owns the freezing of the order: rows stay where they are while somebody points at them. Another filter or order is
 * shown at once all the same (the core takes the rows as they are then, and freezes those); the rows that wait are let
 * in when asked for, and then the table rests again.
 */
import { Feed } from '../../feeds/feed.svelte';
import { PeopleBuffer, windowAround } from '../../feeds/people';
import { Resting } from '../../feeds/resting.svelte';
import type { PeopleQuery } from '../../generated';
import type { QueryOf } from '../../host';

/** Rows to ask for before the height of the table is known. */
const FIRST_WINDOW = 150;

export type Asked = Omit<PeopleQuery, 'start' | 'count' | 'order'>;

export class PeopleTable {
  readonly feed: Feed<'people', PeopleBuffer>;
  readonly #resting = new Resting(() => this.#order());

  constructor(asked: Asked) {
    const window = { start: 0, count: FIRST_WINDOW, order: 'live' } as const;
    this.feed = new Feed({ view: 'people', ...asked, ...window }, new PeopleBuffer());
  }

  /** Shows something else. Does nothing where it shows that already. */
  ask(asked: Asked): void {
    const query: QueryOf<'people'> = this.feed.query;
    const same = (Object.keys(asked) as (keyof Asked)[]).every((name) => asked[name] === query[name]);
    if (!same) this.feed.change({ ...asked, start: 0 });
  }

  /** Lets the rows in that wait. */
  showWaiting(): void {
    this.#resting.letIn();
  }

  /** The pointer or the focus is in the rows, or has left them. */
  hold(held: boolean): void {
    this.#resting.hold(held);
  }

  /** So many rows wait now. */
  waits(waiting: number): void {
    this.#resting.waits(waiting);
  }

  /** These rows can be seen. */
  see(first: number, visible: number): void {
    const window = windowAround(first, visible);
    const { start, count } = this.feed.query;
    if (window.start !== start || window.count !== count) this.feed.change(window);
  }

  close(): void {
    this.feed.close();
  }

  #order(): void {
    const order = this.#resting.rests ? 'frozen' : 'live';
    if (this.feed.query.order !== order) this.feed.change({ order });
  }
}
