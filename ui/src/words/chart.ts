/**
 * What a chart shows, put into words for whoever does not see it.
 */
import type { Series } from '../kit/chart/options';
import { m } from '../paraglide/messages.js';

/** For each line where it is now, and between what it moved. */
export function summary(
  series: readonly Series[],
  lines: readonly (readonly (number | null)[])[],
  format: (value: number) => string,
): string {
  return series
    .map(({ label }, index) => {
      const values = (lines[index] ?? []).filter((value) => value !== null);
      const now = values.at(-1);
      if (now === undefined) return m.overview_summary_none({ series: label });
      const [least, most] = [Math.min(...values), Math.max(...values)];
      return m.overview_summary({ series: label, now: format(now), least: format(least), most: format(most) });
    })
    .join(' ');
}
