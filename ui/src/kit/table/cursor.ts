/** Where the keyboard is in a table, and where a key takes it. */

/** The row that the key leads to; `undefined` where the key is none that moves. */
export function moved(cursor: number | null, key: string, total: number, page: number): number | undefined {
  if (total === 0) return undefined;
  const last = total - 1;
  // Nothing is marked before the first key: that key shows where one is.
  const from = cursor === null ? (key === 'ArrowUp' || key === 'End' ? total : -1) : Math.min(cursor, last);
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, from + 1);
    case 'ArrowUp':
      return Math.max(0, from - 1);
    case 'PageDown':
      return Math.min(last, Math.max(0, from) + page);
    case 'PageUp':
      return Math.max(0, Math.min(last, from) - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
