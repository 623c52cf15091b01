/**
 * How long a ban holds.
 */
const HOUR_MS = 3_600_000;
const TERMS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;

export type Term = keyof typeof TERMS | 'ever' | 'moment';

/**
 * When it ends: `null` for never, `undefined` where the moment is not said or is over. The moment is written in
 * this machine's time zone, `2026-11-21T18:30`; what is present, and whether a moment is over, is by the gateway's clock.
 */
export function endOf(term: Term, moment: string, now: number): string | null | undefined {
  if (term === 'ever') return null;
  const end = term === 'moment' ? Date.parse(moment) : now + TERMS[term];
  return end > now ? new Date(end).toISOString() : undefined;
}

/** A moment as one writes it: in this machine's time zone, `2026-11-21T18:30:07.250`, no part of it lost. */
export function momentOf(at: string): string {
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}
