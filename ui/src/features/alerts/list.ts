/**
 * The alerts, as the page looks at them: which are open, how often there was one like it, and what is behind one.
 */
import { FAILING, type Ask, type PageId } from '../../app/page';
import type { Alert, Cause, UserId, WhichAlerts } from '../../generated';

export const keyOf = (alert: Alert) => String(alert.id);

/** It is not over; a backend's alert never says that it is. */
export const isOpen = (alert: Alert) => alert.clearedAt === undefined;

/** Something failed: a backend's error, or too many events that did. */
export const isError = ({ kind, anomaly }: Alert) => kind === 'error' || anomaly?.cause === 'errors';

/** What is listed under each name, as an export has it by the same rules in the core. */
export const LISTED: Record<WhichAlerts, (alert: Alert) => boolean> = {
  open: isOpen,
  errors: isError,
  all: () => true,
};

export const momentAt = (ms: number) => new Date(ms).toISOString();

export function isSilenced({ silencedUntil }: Alert, now: number): boolean {
  return silencedUntil !== undefined && Date.parse(silencedUntil) > now;
}

/** It still wants somebody: what the tray, the rail and the overview count, by the same rule in the core. */
export function isLoud(alert: Alert, now: number): boolean {
  return isOpen(alert) && alert.acknowledged === undefined && !isSilenced(alert, now);
}

/** The same thing gone wrong: an anomaly's cause, or a backend's words. */
function sort({ kind, anomaly, message, node }: Alert): string {
  return `${kind} ${node} ${anomaly ? anomaly.cause : message}`;
}

/** How often there was an alert like each, by key. */
export function timesOf(alerts: readonly Alert[]): ReadonlyMap<string, number> {
  const bySort = new Map<string, number>();
  for (const alert of alerts) bySort.set(sort(alert), (bySort.get(sort(alert)) ?? 0) + 1);
  return new Map(alerts.map((alert) => [keyOf(alert), bySort.get(sort(alert)) ?? 1]));
}

/** What is behind an alert, and on which page it can be seen. */
export interface Behind {
  what: Cause | 'user';
  page: PageId;
  ask: Ask;
}

/** Where to look, and for what: only where rows say who or what it is. */
const BEHIND: Record<Cause, Pick<Behind, 'page' | 'ask'>> = {
  connects: { page: 'people', ask: { rows: 'connections', filter: 'online<5m' } },
  messages: { page: 'rooms', ask: { rooms: 'busiest' } },
  limit_episodes: { page: 'limits', ask: {} },
  errors: { page: 'trace', ask: FAILING },
  memory: { page: 'gateway', ask: {} },
  // Who was closed is among what is worth knowing.
  slow_consumers: { page: 'overview', ask: {} },
};

/** Where one sees what is behind it; `null` where the sender did not say whom it is about. */
export function causeOf({ anomaly, data }: Alert): Behind | null {
  if (anomaly) return { what: anomaly.cause, ...BEHIND[anomaly.cause] };
  const id = userOf(data);
  return id === null ? null : { what: 'user', page: 'people', ask: { user: { id, username: '' } } };
}

/** The user that a backend's data names, as its events do: `userId`, or `user` with an `id`. */
function userOf(data: unknown): UserId | null {
  if (typeof data !== 'object' || data === null) return null;
  const { userId, user } = data as { userId?: unknown; user?: unknown };
  const id = userId ?? (typeof user === 'object' && user !== null ? (user as { id?: unknown }).id : undefined);
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? id : null;
}
