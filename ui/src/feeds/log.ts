/**
 * The lines of a log that the page keeps: the latest, and how many are gone.
 *
 * Owns the bound. It must never know what a line says.
 */
import type { LocalLogUpdate, LogLine } from '../generated';
import type { ViewBuffer } from './feed.svelte';

/** Lines that the page keeps. */
export const LOG_LINES = 2000;

export class LogBuffer implements ViewBuffer<'localLog'> {
  /** Oldest first. Replaced whenever it changes, never changed in place. */
  lines: readonly LogLine[] = [];
  /** Lines that are not here any more. */
  gone = 0;

  apply(update: LocalLogUpdate): void {
    const before = update.reset ? [] : this.lines;
    const all = [...before, ...update.lines];
    this.lines = all.length > LOG_LINES ? all.slice(all.length - LOG_LINES) : all;
    this.gone = this.lines[0]?.key ?? update.dropped;
  }
}
