/**
 * The last hour as columns for a chart.
 *
 * Owns the axis of time: minutes nobody measured are gaps, and never joined by a line.
 */
import type { Minute } from '../../generated';

const MINUTE_MS = 60_000;

/** What a chart draws: moments in seconds, and for each series a value or a gap at each of them. */
export interface Columns {
  seconds: number[];
  series: (number | null)[][];
}

/** The latest minutes as columns, one series for each reader. */
export function columns(
  history: readonly Minute[],
  minutes: number,
  readers: readonly ((minute: Minute) => number)[],
): Columns {
  const shown = history.slice(-minutes);
  const seconds: number[] = [];
  const series: (number | null)[][] = readers.map(() => []);
  let before: Minute | undefined;
  for (const minute of shown) {
    if (before !== undefined && minute.start - before.start > MINUTE_MS) {
      seconds.push((before.start + MINUTE_MS) / 1000);
      for (const values of series) values.push(null);
    }
    seconds.push(minute.start / 1000);
    for (const [index, read] of readers.entries()) series[index]?.push(read(minute));
    before = minute;
  }
  return { seconds, series };
}

/** The history without the minute that is running: its counts are still growing, and would look like a fall. */
export function whole(history: readonly Minute[]): readonly Minute[] {
  return history.slice(0, -1);
}
