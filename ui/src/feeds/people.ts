/**
 * The window of the people table that the core has sent.
 *
 * Owns the rows of one window and the table's totals. It must never sort or filter: the core does, and the page never
 * has all rows.
 */
import type { FilterReading, PeopleUpdate, PersonRow } from '../generated';
import type { ViewBuffer } from './feed.svelte';

export class PeopleBuffer implements ViewBuffer<'people'> {
  /** False before the first update. */
  known = false;
  /** Rows there are. */
  total = 0;
  /** Users online: operators have a row and are not counted. */
  online = 0;
  /** Rows that the filter lets through. */
  matching = 0;
  /** Rows that wait for the order to be live again. */
  waiting = 0;
  /** How the filter was read. Replaced when it changes, so that a reader may compare by identity. */
  reading: FilterReading = { inForce: '', problem: null };
  /** Index of the window's first row in the whole table. */
  start = 0;
  /** The window. Replaced whenever it changes, never changed in place, so that a reader may compare by identity. */
  rows: readonly PersonRow[] = [];

  apply(update: PeopleUpdate): void {
    this.known = true;
    this.total = update.total;
    this.online = update.online;
    this.matching = update.matching;
    this.waiting = update.waiting;
    if (JSON.stringify(update.reading) !== JSON.stringify(this.reading)) this.reading = update.reading;
    if (update.window !== null) {
      this.start = update.start;
      this.rows = update.window;
    }
    if (update.changed.length > 0) this.rows = this.#patched(update);
  }

  /** The row at an index of the whole table; `undefined` where it is outside the window. */
  row(index: number): PersonRow | undefined {
    return this.rows[index - this.start];
  }

  /** The index of a row in the whole table; `undefined` where it is outside the window. */
  indexOf(key: string): number | undefined {
    const index = this.rows.findIndex((row) => row.key === key);
    return index === -1 ? undefined : this.start + index;
  }

  /** A patch names its row by the index in the whole table; one that is not in the window has nothing to change here. */
  #patched(update: PeopleUpdate): readonly PersonRow[] {
    const rows = [...this.rows];
    for (const { index, row } of update.changed) {
      const place = index - this.start;
      if (place >= 0 && place < rows.length) rows[place] = row;
    }
    return rows;
  }
}

/** The most rows that the core sends in one window. */
const WINDOW_MAX = 500;
/** Windows begin at multiples of this, so that scrolling by a line asks for nothing. */
const STEP = 50;

/** The window to ask for, so that the visible rows and a margin on both sides are in it. */
export function windowAround(first: number, visible: number, margin = 100): { start: number; count: number } {
  const start = Math.max(0, Math.floor((first - margin) / STEP) * STEP);
  const end = Math.ceil((first + visible + margin) / STEP) * STEP;
  return { start, count: Math.min(WINDOW_MAX, end - start) };
}
