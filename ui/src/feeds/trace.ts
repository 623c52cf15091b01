/**
 * The trace: the latest events, and what was not shown.
 *
 * Owns the bound of what the page keeps. It must never filter: the core does.
 */
import type { TraceRow, TraceStanding, TraceUpdate } from '../generated';
import type { ViewBuffer } from './feed.svelte';
import { TailBuffer } from './tail';

/** Rows that the page keeps. */
export const TRACE_ROWS = 2000;

export class TraceBuffer extends TailBuffer<TraceRow> implements ViewBuffer<'trace'> {
  standing: TraceStanding = { is: 'waiting' };

  constructor() {
    super(TRACE_ROWS);
  }

  apply(update: TraceUpdate): void {
    this.take(update);
    this.unseen += update.leftOut;
    this.standing = update.standing;
  }
}
