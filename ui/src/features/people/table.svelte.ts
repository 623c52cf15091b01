/**
 * The people table between the page and its view: which window is asked for, and when rows may move.
 *
 * Owns the freezing of the order. Rows stay where they are while somebody points at them; what the person asks for
 * (another order, another filter, the rows that wait) is shown at once all the same, and then the rows rest again.
 */
import { Feed } from '../../feeds/feed.svelte';
import { PeopleBuffer, windowAround } from '../../feeds/people';
import type { PeopleQuery } from '../../generated';
import type { QueryOf } from '../../host';

/** Rows to ask for before the height of the table is known. */
const FIRST_WINDOW = 150;

export type Asked = Omit<PeopleQuery, 'start' | 'count' | 'order'>;

export class PeopleTable {
  readonly feed: Feed<'people', PeopleBuffer>;
  #held = false;
  /** Rests again once more windows than this have come; `null` while it need not. */
  #restAfter: number | null = null;

  constructor(asked: Asked) {
    const window = { start: 0, count: FIRST_WINDOW, order: 'live' } as const;
    this.feed = new Feed({ view: 'people', ...asked, ...window }, new PeopleBuffer());
  }

  /** Shows something else, in the order of now. Does nothing where it shows that already. */
  ask(asked: Asked): void {
    const query: QueryOf<'people'> = this.feed.query;
    const same = (Object.keys(asked) as (keyof Asked)[]).every((name) => asked[name] === query[name]);
    if (!same) this.#anew({ ...asked, start: 0 });
  }

  /** Lets the rows in that wait. */
  showWaiting(): void {
    this.#anew({});
  }

  /** The pointer or the focus is in the rows, or has left them. */
  hold(held: boolean): void {
    this.#held = held;
    if (held && this.#restAfter !== null) return;
    if (!held) this.#restAfter = null;
    this.#order(held ? 'frozen' : 'live');
  }

  /** These rows can be seen. */
  see(first: number, visible: number): void {
    const window = windowAround(first, visible);
    const { start, count } = this.feed.query;
    if (window.start !== start || window.count !== count) this.feed.change(window);
  }

  /** So many windows have come. */
  arrived(windows: number): void {
    if (this.#restAfter === null || windows <= this.#restAfter) return;
    this.#restAfter = null;
    if (this.#held) this.#order('frozen');
  }

  close(): void {
    this.feed.close();
  }

  #anew(part: Partial<PeopleQuery>): void {
    this.#restAfter = this.feed.now.windows;
    this.feed.change({ ...part, order: 'live' });
  }

  #order(order: PeopleQuery['order']): void {
    if (this.feed.query.order !== order) this.feed.change({ order });
  }
}
