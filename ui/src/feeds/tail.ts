/**
 * The lines of a tail: its rows, and between them where something is missing.
 *
 * Owns where a gap stands, and that there is one where there could be several. It must never know what the rows are of.
 */
import type { TailGap } from '../generated';

/** Something is missing here. */
export interface Gap {
  /** Between the keys of the rows around it. */
  key: number;
  /** How much; `null` where nobody knows. */
  missing: number | null;
}

/** A row, or what stands between two. */
export type Line<Row> = Row | Gap;

export function isGap<Row extends object>(line: Line<Row>): line is Gap {
  return 'missing' in line;
}

/** What every update of a tail tells. */
interface TailUpdate<Row> {
  reset: boolean;
  rows: readonly Row[];
  gaps: readonly TailGap[];
  waiting: number;
  unseen: number;
}

/** The latest rows of a tail, oldest first. */
export abstract class TailBuffer<Row extends { key: number }> {
  readonly #most: number;
  /** False before the first update. */
  known = false;
  /** Replaced whenever they change, never changed in place. */
  rows: readonly Row[] = [];
  /** The rows, and where some are missing between them. Likewise. */
  lines: readonly Line<Row>[] = [];
  /** Matching rows that wait for the tail to go on. */
  waiting = 0;
  /** Rows that nobody saw: they fell out of the core's buffer, or never came to it. */
  unseen = 0;

  /** At most so many rows are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  protected take({ reset, rows, gaps, waiting, unseen }: TailUpdate<Row>): void {
    this.known = true;
    this.waiting = waiting;
    this.unseen = unseen;
    if (!reset && rows.length === 0 && gaps.length === 0) return;
    const lines = reset ? [] : this.lines;
    if (reset || rows.length > 0) this.rows = [...(reset ? [] : this.rows), ...rows].slice(-this.#most);
    this.lines = continued(lines, rows, gaps, this.#most);
  }
}

/** The lines after more has come, oldest first: at most so many rows, and the gaps between them. */
export function continued<Row extends { key: number }>(
  before: readonly Line<Row>[],
  rows: readonly Row[],
  gaps: readonly TailGap[],
  most: number,
): readonly Line<Row>[] {
  const marks = gaps.map(({ before: next, missing }): Gap => ({ key: next - 0.5, missing }));
  const lines = [...before];
  for (const line of [...rows, ...marks].sort((a, b) => a.key - b.key)) {
    const last = lines.at(-1);
    // Rows that a filter holds back leave their gaps side by side.
    if (last && isGap(last) && isGap(line)) lines[lines.length - 1] = joined(last, line);
    else lines.push(line);
  }
  return latest(lines, most);
}

function latest<Row extends object>(lines: Line<Row>[], most: number): Line<Row>[] {
  if (lines.length <= most) return lines;
  let rows = 0;
  const first = lines.findLastIndex((line) => !isGap(line) && ++rows > most);
  return lines.slice(first + 1);
}

function joined(one: Gap, other: Gap): Gap {
  const missing = one.missing === null || other.missing === null ? null : one.missing + other.missing;
  return { key: other.key, missing };
}
