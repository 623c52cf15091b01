/**
 * The tail of limit hits: the latest rows, and what was not shown.
 *
 * Owns the bound of the tail and the counts of what fell out of it. It must never filter: the core does.
 */
import type { LimitedEvent, LimitRow, LimitsUpdate, Offender } from '../generated';
import type { ViewBuffer } from './feed.svelte';
import { continued, type Line } from './tail';

/** Rows that the page keeps. */
export const TAIL_ROWS = 5000;

export class LimitsBuffer implements ViewBuffer<'limits'> {
  /** False before the first update. */
  known = false;
  /** Oldest first. Replaced whenever it changes, never changed in place. */
  rows: readonly LimitRow[] = [];
  /** The rows, and where some are missing between them. Likewise. */
  lines: readonly Line<LimitRow>[] = [];
  /** Matching rows that wait for the tail to go on. */
  waiting = 0;
  /** Rows that fell out of the core's buffer unseen. */
  dropped = 0;
  /** Rows that were shown and have made room for newer ones. */
  passed = 0;
  /** Drops in the last minute, whatever the filter; `null` while that is not known. */
  perMinute: number | null = null;
  /** Since when no drop was missed; `null` while nobody is told of drops. */
  watchedSince: string | null = null;
  /** Most drops in the last ten minutes; `null` before they are known. */
  offenders: readonly Offender[] | null = null;
  /** The events with most drops in the last ten minutes; `null` before they are known. */
  events: readonly LimitedEvent[] | null = null;
  /** Another number says that the policy may have changed. */
  policyChanges = 0;

  apply(update: LimitsUpdate): void {
    this.known = true;
    this.waiting = update.waiting;
    this.dropped = update.dropped;
    this.perMinute = update.perMinute;
    this.watchedSince = update.watchedSince;
    this.policyChanges = update.policyChanges;
    if (update.events !== null) this.events = update.events;
    if (update.offenders !== null) this.offenders = update.offenders;
    if (update.reset) {
      this.rows = [];
      this.lines = [];
      this.passed = 0;
    }
    if (update.rows.length > 0) this.#append(update.rows);
    if (update.rows.length > 0 || update.gaps.length > 0) {
      this.lines = continued(this.lines, update.rows, update.gaps, TAIL_ROWS);
    }
  }

  #append(fresh: readonly LimitRow[]): void {
    const all = [...this.rows, ...fresh];
    const over = Math.max(0, all.length - TAIL_ROWS);
    this.passed += over;
    this.rows = over > 0 ? all.slice(over) : all;
  }
}
