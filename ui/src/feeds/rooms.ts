/**
 * The window of the rooms table that the core has sent.
 *
 * Owns the rule that a window replaces the one before. It must never sort or filter: the core does.
 */
import type { RoomLine, RoomsUpdate } from '../generated';
import type { ViewBuffer } from './feed.svelte';

export class RoomsBuffer implements ViewBuffer<'rooms'> {
  /** False before the first update. */
  known = false;
  /** Rooms there are. */
  total = 0;
  /** Rooms that the filter lets through. */
  matching = 0;
  /** Rooms that wait for the order to be live again. */
  waiting = 0;
  /** Index of the window's first row in the whole table. */
  start = 0;
  rows: readonly RoomLine[] = [];

  apply(update: RoomsUpdate): void {
    this.known = true;
    this.total = update.total;
    this.matching = update.matching;
    this.waiting = update.waiting;
    this.start = update.start;
    this.rows = update.window;
  }
}
