/**
 * The tail of limit hits: the latest rows, and what was not shown.
 *
 * Owns the bound of what the page keeps. It must never filter: the core does.
 */
import type { LimitedEvent, LimitRow, LimitsUpdate, Offender } from '../generated';
import type { ViewBuffer } from './feed.svelte';
import { TailBuffer } from './tail';

/** Rows that the page keeps. */
export const TAIL_ROWS = 5000;

export class LimitsBuffer extends TailBuffer<LimitRow> implements ViewBuffer<'limits'> {
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

  constructor() {
    super(TAIL_ROWS);
  }

  apply(update: LimitsUpdate): void {
    this.take(update);
    this.perMinute = update.perMinute;
    this.watchedSince = update.watchedSince;
    this.policyChanges = update.policyChanges;
    if (update.events !== null) this.events = update.events;
    if (update.offenders !== null) this.offenders = update.offenders;
  }
}
