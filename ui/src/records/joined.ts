/**
 * The pages of a list, put together.
 */

/** The rows and a page after them. One that has moved between two readings is where it was read last, and not twice. */
export function joined<Row>(before: readonly Row[], page: readonly Row[], key: (row: Row) => string): readonly Row[] {
  const fresh = new Set(page.map(key));
  return [...before.filter((row) => !fresh.has(key(row))), ...page];
}
