/**
 * What was measured minute by minute, as columns for a chart.
 *
 * Owns the axis of time: minutes nobody measured are gaps, and never joined by a line.
 */
const MINUTE_MS = 60_000;

/** What a chart draws: moments in seconds, and for each series a value or a gap at each of them. */
export interface Columns {
  seconds: number[];
  series: (number | null)[][];
}

/** Something that was measured in a minute. */
interface Minute {
  /** When it began, in milliseconds since the epoch. */
  start: number;
}

/** The latest minutes as columns, one series for each reader. */
export function columns<At extends Minute>(
  history: readonly At[],
  minutes: number,
  readers: readonly ((minute: At) => number)[],
): Columns {
  const since = (history.at(-1)?.start ?? 0) - minutes * MINUTE_MS;
  const seconds: number[] = [];
  const series: (number | null)[][] = readers.map(() => []);
  let before: At | undefined;
  for (const minute of history.filter(({ start }) => start > since)) {
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
export function whole<At extends Minute>(history: readonly At[]): readonly At[] {
  return history.slice(0, -1);
}
