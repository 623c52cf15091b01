/**
 * The pages of a list, put together.
 */

/**
 * The rows and a page after them. One that has moved between two readings is where it was read last, and not twice; nor
 * is one that the gateway lists twice.
 */
export function joined<Row>(before: readonly Row[], page: readonly Row[], key: (row: Row) => string): readonly Row[] {
  const each = new Map<string, Row>();
  for (const row of [...before, ...page]) {
    each.delete(key(row));
    each.set(key(row), row);
  }
  return [...each.values()];
}
