/**
 * The overview's figures, and the lists that change less often than they do.
 *
 * Owns the rule that a part which an update leaves out stays as it was.
 */
import type { Alert, Minute, NodeLoad, Notable, OverviewUpdate } from '../generated';
import type { ViewBuffer } from './feed.svelte';

export class OverviewBuffer implements ViewBuffer<'overview'> {
  /** The figures; `null` before the first update. */
  figures: OverviewUpdate | null = null;
  /** The last hour by minute, oldest first, the running minute last. */
  history: readonly Minute[] = [];
  /** How busy each node was in that hour. */
  load: readonly NodeLoad[] = [];
  /** Open alerts, latest first; `null` before they are known. */
  alerts: readonly Alert[] | null = null;
  /** Notable events, latest first; `null` before they are known. */
  notable: readonly Notable[] | null = null;

  apply(update: OverviewUpdate): void {
    this.figures = update;
    if (update.history !== null) this.history = update.history;
    if (update.load !== null) this.load = update.load;
    if (update.alerts !== null) this.alerts = update.alerts;
    if (update.notable !== null) this.notable = update.notable;
  }
}
