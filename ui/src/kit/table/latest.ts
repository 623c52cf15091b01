/**
 * A tail as a table shows it: latest first.
 */

/** The rows at `first` and the `count - 1` below it, latest first, of a tail that is kept oldest first. */
export function latestFirst<Row>(tail: readonly Row[], first: number, count: number): Row[] {
  const end = tail.length - first;
  return tail.slice(Math.max(0, end - count), Math.max(0, end)).reverse();
}
