/**
 * Which rows of a long table are on the screen. Rows have one height, so this is arithmetic: nothing is measured, and a
 * table of a hundred thousand rows costs what one of forty does, however often its length changes.
 */

export interface Viewport {
  /** Rows there are. */
  total: number;
  /** Height of a row, in CSS pixels. */
  rowHeight: number;
  /** Scrolled from the top, and the height of what shows rows, in CSS pixels. */
  scrollTop: number;
  height: number;
}

/** Rows from `start`, `count` of them. */
export interface Span {
  start: number;
  count: number;
}

/** The rows that can be seen, even if only in part. */
export function visible({ total, rowHeight, scrollTop, height }: Viewport): Span {
  if (total === 0 || height <= 0) return { start: 0, count: 0 };
  const start = clamp(Math.floor(Math.max(0, scrollTop) / rowHeight), 0, total - 1);
  const end = clamp(Math.ceil((Math.max(0, scrollTop) + height) / rowHeight), start + 1, total);
  return { start, count: end - start };
}

/** Rows in the document beyond those that can be seen, on each side. */
export const OVERSCAN = 6;

/** The rows to have in the document: those that can be seen, and some more on both sides, so that scrolling shows no gap. */
export function rendered(viewport: Viewport, overscan = OVERSCAN): Span {
  const seen = visible(viewport);
  if (seen.count === 0) return seen;
  const start = Math.max(0, seen.start - overscan);
  return { start, count: Math.min(viewport.total, seen.start + seen.count + overscan) - start };
}

/** Where to scroll so that a row is wholly seen, moving as little as possible. */
export function scrollTopFor(index: number, { rowHeight, scrollTop, height }: Viewport): number {
  const [top, bottom] = [index * rowHeight, (index + 1) * rowHeight];
  if (top < scrollTop) return top;
  if (bottom > scrollTop + height) return bottom - height;
  return scrollTop;
}

/** How many whole rows fit, at least one: what PageUp and PageDown move by. */
export function pageOf({ rowHeight, height }: Pick<Viewport, 'rowHeight' | 'height'>): number {
  return Math.max(1, Math.floor(height / rowHeight) - 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
