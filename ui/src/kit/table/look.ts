/**
 * How a table is looked at: which columns are left out by choice, and by which its rows are sorted. The first column
 * names the row and stays.
 */
import type { Column, Sort } from './columns';

/** What one keeps of it. */
export interface TableLook<Id extends string, By extends string> {
  hidden: Id[];
  sort: By;
  direction: Sort['direction'];
}

/** The columns that are not left out. */
export function chosen<Row, Id extends string>(
  columns: readonly Column<Row, Id>[],
  hidden: readonly string[],
): readonly Column<Row, Id>[] {
  return columns.filter(({ id }, at) => at === 0 || !hidden.includes(id));
}

/** With the column if it was left out, without it if it was not. */
export function switched<Id extends string>(hidden: readonly Id[], column: Id): Id[] {
  return hidden.includes(column) ? hidden.filter((id) => id !== column) : [...hidden, column];
}

/** Sorted by a column, as one wants to see it `first`; a second time turns the order around. */
export function sortedBy<Id extends string, By extends string>(
  look: TableLook<Id, By>,
  column: By,
  first: Readonly<Record<By, Sort['direction']>>,
): TableLook<Id, By> {
  if (look.sort !== column) return { ...look, sort: column, direction: first[column] };
  return { ...look, direction: look.direction === 'ascending' ? 'descending' : 'ascending' };
}
