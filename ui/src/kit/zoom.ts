/** How large the page can be, in percent, and the steps between. */

export const ZOOMS = [50, 75, 90, 100, 110, 125, 150, 175, 200] as const;

/** As it is made. */
export const ACTUAL = 100;

/** The next size in a direction; the last one stays. A size by hand lies between two of these. */
export function zoomed(now: number, direction: 'in' | 'out'): number {
  const next = direction === 'in' ? ZOOMS.find((size) => size > now) : ZOOMS.findLast((size) => size < now);
  return next ?? now;
}
