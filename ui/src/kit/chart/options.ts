/** How uPlot draws in this house: colours from the tokens, few lines, figures in the page's language. */
import type uPlot from 'uplot';
import { timeOfDay } from '../format';
import type { Tone } from '../tone';

export interface Series {
  label: string;
  tone: Exclude<Tone, 'neutral'>;
  /** Ground below the line. */
  fill?: boolean;
  /** A broken line: a second sign beside the colour. */
  dashed?: boolean;
}

export interface Look {
  series: readonly Series[];
  /** Writes a value: on the axis, and in the legend. */
  format: (value: number) => string;
  height: number;
  width: number;
  /** The least top of the scale, so that 0 and 1 do not fill the chart. */
  least: number;
  /** The top of the scale, where no value can be more. */
  top: number | undefined;
  /** Told where the pointer is: an index into the times, or nothing. */
  onCursor: (index: number | null) => void;
}

/** Reads a token as the document has it now. */
function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function options({ series, format, height, width, least, top, onCursor }: Look): uPlot.Options {
  const font = `11px ${token('font')}`;
  const grid = { stroke: token('line'), width: 1 };
  return {
    width,
    height,
    // Room at the right for half of the last label.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7, width: 2, stroke: token('surface'), fill: (_, index) => colour(series[index - 1]) },
    },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, top ?? roundUp(Math.max(least, most))] } },
    axes: [
      {
        stroke: token('faint'),
        font,
        size: 24,
        gap: 4,
        space: 72,
        // Labels are minutes: a mark between two of them would repeat one.
        incrs: [60, 120, 300, 600, 900, 1800, 3600],
        grid: { show: false },
        ticks: { show: false },
        values: (_, splits) => splits.map((seconds) => timeOfDay(seconds * 1000)),
      },
      {
        stroke: token('faint'),
        font,
        // The first time there are none yet, whatever the types say.
        size: (_, values: string[] | null) =>
          Math.max(24, 10 + 6.4 * Math.max(0, ...(values ?? []).map(({ length }) => length))),
        gap: 6,
        space: 34,
        grid,
        ticks: { show: false },
        values: (_, splits) => splits.map(format),
      },
    ],
    series: [
      {},
      ...series.map((line) => ({
        label: line.label,
        stroke: colour(line),
        width: 1.6,
        ...(line.fill ? { fill: `${colour(line)}1f` } : {}),
        ...(line.dashed ? { dash: [5, 3] } : {}),
        // A line needs two of them.
        points: { show: (plot: uPlot) => plot.data[0].length === 1, size: 5, fill: colour(line) },
        spanGaps: false,
      })),
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

function colour(line: Series | undefined): string {
  return token(line?.tone ?? 'faint');
}

/** The next number of the form 1, 1.5, 2, 3, 4, 5 or 8 times a power of ten: a scale that does not twitch with each value. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 8, 10].find((candidate) => candidate * power >= value * 1.02) ?? 15;
  return step * power;
}
