/**
 * The trace: the latest events, and what was not shown.
 *
 * Owns the bound of what the page keeps. It must never filter: the core does.
 */
import type { TraceRow, TraceStanding, TraceUpdate } from '../generated';
import type { ViewBuffer } from './feed.svelte';
import { continued, type Line } from './tail';

/** Rows that the page keeps. */
export const TRACE_ROWS = 2000;

export class TraceBuffer implements ViewBuffer<'trace'> {
  /** False before the first update. */
  known = false;
  /** Oldest first. Replaced whenever it changes, never changed in place. */
  rows: readonly TraceRow[] = [];
  /** The rows, and where some are missing between them. Likewise. */
  lines: readonly Line<TraceRow>[] = [];
  /** Matching rows that wait for the trace to go on. */
  waiting = 0;
  /** Rows that nobody saw: they fell out of the core's buffer, or the gateway left them out. */
  dropped = 0;
  standing: TraceStanding = { is: 'waiting' };

  apply(update: TraceUpdate): void {
    this.known = true;
    this.waiting = update.waiting;
    this.dropped = update.unseen + update.leftOut;
    this.standing = update.standing;
    const before = update.reset ? [] : this.rows;
    const lines = update.reset ? [] : this.lines;
    if (update.reset || update.rows.length > 0) this.rows = [...before, ...update.rows].slice(-TRACE_ROWS);
    if (update.reset || update.rows.length > 0 || update.gaps.length > 0) {
      this.lines = continued(lines, update.rows, update.gaps, TRACE_ROWS);
    }
  }
}
