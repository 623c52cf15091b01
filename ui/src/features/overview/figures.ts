/**
 * The overview's six figures: each with what it is compared with.
 *
 * Owns the arithmetic and the words of the tiles. It must never make up a value: what is not known has none.
 */
import type { OverviewUpdate } from '../../generated';
import { compact, count, measured, microseconds } from '../../kit/format';
import type { Tone } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';

export type FigureName = 'users' | 'connections' | 'in' | 'out' | 'limits' | 'errors';

export interface Figure {
  name: FigureName;
  label: string;
  /** `undefined` while nothing is known. */
  value: string | undefined;
  unit?: string;
  detail?: string;
  tone?: Tone;
}

/** The six, in the order in which they are shown. Before the first update they have their names only. */
export function figuresOf(update: OverviewUpdate | null): Figure[] {
  const perSecond = m.overview_per_second();
  const perMinute = m.overview_per_minute();
  const names = {
    users: m.overview_tile_users(),
    connections: m.overview_tile_connections(),
    in: m.overview_tile_in(),
    out: m.overview_tile_out(),
    limits: m.overview_tile_limits(),
    errors: m.overview_tile_errors(),
  };
  if (update === null) {
    return (Object.keys(names) as FigureName[]).map((name) => ({ name, label: names[name], value: undefined }));
  }
  return [
    { name: 'users', label: names.users, value: count(update.onlineUsers), detail: changeOf(update) },
    { name: 'connections', label: names.connections, value: count(update.connections), detail: perUser(update) },
    { name: 'in', label: names.in, ...rate(update.messagesIn, perSecond), detail: p99(update.handlingP99Us) },
    { name: 'out', label: names.out, ...rate(update.messagesOut, perSecond), detail: fanOut(update) },
    {
      name: 'limits',
      label: names.limits,
      ...counted(update.limitHits, perMinute),
      detail: hitsChange(update),
      tone: rises(update) ? 'warn' : 'neutral',
    },
    {
      name: 'errors',
      label: names.errors,
      ...counted(update.errors, perMinute),
      detail: errorsHour(update),
      tone: (update.errors ?? 0) > 0 ? 'bad' : 'neutral',
    },
  ];
}

/** A rate that has not been measured yet is a dash without a unit, not a zero. */
function rate(value: number | null, unit: string): { value: string; unit?: string } {
  if (value === null) return { value: '–' };
  return { value: value < 10_000 ? measured(value) : compact(value), unit };
}

/** Likewise what was counted over a time that nobody has watched to its end. */
function counted(value: number | null, unit: string): { value: string; unit?: string } {
  return value === null ? { value: '–' } : { value: count(value), unit };
}

function changeOf({ onlineUsers, onlineUsersBefore }: OverviewUpdate): string {
  if (onlineUsersBefore === null) return m.overview_change_unknown();
  const change = onlineUsers - onlineUsersBefore;
  if (change === 0) return m.overview_change_none();
  const shown = { change: count(Math.abs(change)) };
  return change > 0 ? m.overview_change_up(shown) : m.overview_change_down(shown);
}

function perUser({ onlineUsers, connections }: OverviewUpdate): string {
  if (onlineUsers === 0) return m.overview_no_users();
  return m.overview_per_user({ ratio: (connections / onlineUsers).toFixed(2) });
}

function p99(handling: number | null): string {
  return handling === null ? m.overview_p99_unknown() : m.overview_p99({ time: microseconds(handling) });
}

function fanOut({ messagesIn, messagesOut }: OverviewUpdate): string {
  if (messagesIn === null || messagesOut === null || messagesIn === 0) return m.overview_fan_out_unknown();
  return m.overview_fan_out({ ratio: measured(messagesOut / messagesIn) });
}

function rises({ limitHits, limitHitsBefore }: OverviewUpdate): boolean {
  return limitHits !== null && limitHitsBefore !== null && limitHits > limitHitsBefore;
}

function errorsHour({ errorsHour }: OverviewUpdate): string {
  return errorsHour === null ? m.overview_errors_unknown() : m.overview_errors_hour({ shown: count(errorsHour) });
}

function hitsChange({ limitHits, limitHitsBefore }: OverviewUpdate): string {
  if (limitHits === null || limitHitsBefore === null) return m.overview_hits_unknown();
  if (limitHits === limitHitsBefore) return m.overview_hits_same();
  const shown = { before: count(limitHitsBefore) };
  return limitHits > limitHitsBefore ? m.overview_hits_up(shown) : m.overview_hits_down(shown);
}
