/**
 * Which rows are selected. Rows are named by their keys, so that a selection survives sorting and filtering; a range can
 * hold only rows that are loaded, since the others have no known key.
 */

/** With the row if it was not selected, without it if it was. */
export function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** With every loaded row between two places, both included, in either order. */
export function extended<Row>(
  selected: ReadonlySet<string>,
  loaded: { start: number; rows: readonly (Row | undefined)[] },
  key: (row: Row) => string,
  from: number,
  to: number,
): ReadonlySet<string> {
  const next = new Set(selected);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const row = loaded.rows[index - loaded.start];
    if (row !== undefined) next.add(key(row));
  }
  return next;
}
