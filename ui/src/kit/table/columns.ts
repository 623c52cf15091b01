/** What a table's columns are. */
import type { Snippet } from 'svelte';

export interface Column<Row, Id extends string = string> {
  /** Names the column, for sorting, for exports and for tests. */
  id: Id;
  header: string;
  /** In CSS pixels; with `grow` it is the least. */
  width: number;
  /** Its share of what is left over. */
  grow?: number;
  /** The least width of the table that has room for it, in CSS pixels; without it there is always room. */
  from?: number;
  align?: 'start' | 'end';
  mono?: boolean;
  sortable?: boolean;
  /** The cell's text; also its tooltip, so that nothing that is cut off is lost. */
  text: (row: Row) => string;
  /** Draws the cell where text is not enough. */
  cell?: Snippet<[Row]>;
}

/** What a column's head needs of it. */
export type Heading = Pick<Column<never>, 'id' | 'header' | 'align' | 'sortable'>;

export interface Sort {
  column: string;
  direction: 'ascending' | 'descending';
}

interface Track {
  width: number;
  grow?: number;
}

/**
 * The columns that there is room for, beside what else is in the table: those that ask for a wider one are left out first,
 * then the last ones until the others fit. The first one stays.
 */
export function roomFor<Row>(columns: readonly Column<Row>[], width: number, besides: readonly Track[] = []) {
  const shown = columns.filter(({ from = 0 }) => width >= from);
  // Before it is laid out a table has no width.
  while (width > 0 && shown.length > 1 && leastWidth([...besides, ...shown]) > width) shown.pop();
  return shown;
}

/** The columns as a CSS grid. */
export function template(columns: readonly Track[]): string {
  return columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`)).join(' ');
}

/** What the columns need at least, in CSS pixels. */
export function leastWidth(columns: readonly Track[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}
