/**
 * The rooms table between the page and its view: what is asked for, and when rows may move.
 *
 * Owns how it is looked at, and the freezing of the order: rows stay where they are while somebody points at them.
 */
import { Feed } from '../../feeds/feed.svelte';
import { windowAround } from '../../feeds/people';
import { Resting } from '../../feeds/resting.svelte';
import { RoomsBuffer } from '../../feeds/rooms';
import type { Direction, ProfileId, RoomsSort } from '../../generated';

/** Rows to ask for before the height of the table is known. */
const FIRST_WINDOW = 150;

/** What one wants to see first in a column: names from A, but the largest rooms. */
const FIRST: Record<RoomsSort, Direction> = {
  name: 'ascending',
  namespace: 'ascending',
  members: 'descending',
  traffic: 'descending',
};

export class RoomsTable {
  readonly feed: Feed<'rooms', RoomsBuffer>;
  sort = $state<RoomsSort>('members');
  direction = $state<Direction>('descending');
  readonly #resting = new Resting(() => this.#order());

  constructor(profile: ProfileId, filter: string) {
    const asked = { profile, filter, sort: this.sort, direction: this.direction };
    const window = { start: 0, count: FIRST_WINDOW, order: 'live' } as const;
    this.feed = new Feed({ view: 'rooms', ...asked, ...window }, new RoomsBuffer());
  }

  /** Sorts by a column; a second time turns the order around. */
  sortBy(column: RoomsSort): void {
    if (this.sort === column) {
      this.direction = this.direction === 'ascending' ? 'descending' : 'ascending';
    } else {
      this.sort = column;
      this.direction = FIRST[column];
    }
    this.feed.change({ sort: this.sort, direction: this.direction, start: 0 });
  }

  /** Those first in which most is said. */
  busiest(): void {
    this.sort = 'traffic';
    this.direction = FIRST.traffic;
    this.feed.change({ sort: this.sort, direction: this.direction, start: 0 });
  }

  filter(filter: string): void {
    if (this.feed.query.filter !== filter) this.feed.change({ filter, start: 0 });
  }

  /** The pointer or the focus is in the rows, or has left them. */
  hold(held: boolean): void {
    this.#resting.hold(held);
  }

  /** Lets the rooms in that wait; where somebody looks at the rows, they rest again as they are then. */
  showWaiting(): void {
    this.#resting.letIn();
  }

  /** So many rooms wait now. */
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
