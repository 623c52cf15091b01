/**
 * How numbers, sizes, durations and moments are written, in the language of the page. Pure but for reading that
 * language, so that what a template formats is formatted anew when the language changes.
 */
import { locale, type Locale } from './locale.svelte';

type Formatters = {
  whole: Intl.NumberFormat;
  short: Intl.NumberFormat;
  rate: Intl.NumberFormat;
  percent: Intl.NumberFormat;
  clock: Intl.DateTimeFormat;
  minute: Intl.DateTimeFormat;
  dayClock: Intl.DateTimeFormat;
  dayMinute: Intl.DateTimeFormat;
  dateTime: Intl.DateTimeFormat;
  list: Intl.ListFormat;
};

const MINUTE = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const CLOCK = { ...MINUTE, second: '2-digit' } as const;
const DAY = { month: 'short', day: 'numeric' } as const;

// Making one of these costs a hundred times what using it costs.
const made = new Map<Locale, Formatters>();

function formatters(): Formatters {
  const name = locale.current;
  let found = made.get(name);
  if (!found) {
    found = {
      whole: new Intl.NumberFormat(name, { maximumFractionDigits: 0 }),
      short: new Intl.NumberFormat(name, { notation: 'compact', maximumSignificantDigits: 3 }),
      rate: new Intl.NumberFormat(name, { maximumFractionDigits: 1 }),
      percent: new Intl.NumberFormat(name, { style: 'percent', maximumFractionDigits: 0 }),
      clock: new Intl.DateTimeFormat(name, CLOCK),
      minute: new Intl.DateTimeFormat(name, MINUTE),
      dayClock: new Intl.DateTimeFormat(name, { ...DAY, ...CLOCK }),
      dayMinute: new Intl.DateTimeFormat(name, { ...DAY, ...MINUTE }),
      dateTime: new Intl.DateTimeFormat(name, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
      list: new Intl.ListFormat(name, { type: 'conjunction', style: 'long' }),
    };
    made.set(name, found);
  }
  return found;
}

/** What stands where there is no value: never 0, which would be a claim. */
export const NOTHING = '–';

/** `12,847`. */
export function count(value: number): string {
  return formatters().whole.format(value);
}

/** `96.4K`, `1.2M`: where there is no room for all digits. */
export function compact(value: number): string {
  return Math.abs(value) < 10_000 ? formatters().rate.format(value) : formatters().short.format(value);
}

/** A rate or another measured value: one decimal below 100, none above. */
export function measured(value: number): string {
  return Math.abs(value) < 100 ? formatters().rate.format(value) : formatters().whole.format(value);
}

/** A share of 100, as the gateway measures it: `31%`. */
export function percent(ofHundred: number): string {
  return formatters().percent.format(ofHundred / 100);
}

/** `3.1 GiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return of(unit === 0 ? count(size) : measured(size), units[unit] ?? 'B');
}

const UNITS = {
  en: { day: 'd', hour: 'h', minute: 'm', second: 's' },
  'zh-CN': { day: '天', hour: '小时', minute: '分', second: '秒' },
} as const satisfies Record<Locale, Record<string, string>>;

/** How long something takes or lasts, with at most two units: `12 s`, `38 m`, `1 h 12 m`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const unit = UNITS[locale.current];
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (days > 0) return two(days, unit.day, hours % 24, unit.hour);
  if (hours > 0) return two(hours, unit.hour, minutes % 60, unit.minute);
  if (minutes > 0) return of(count(minutes), unit.minute);
  return of(count(seconds), unit.second);
}

/** `4.1 ms`, `890 µs`. */
export function microseconds(value: number): string {
  if (value < 1000) return of(count(value), 'µs');
  if (value < 1_000_000) return of(measured(value / 1000), 'ms');
  return of(measured(value / 1_000_000), 's');
}

/** A moment that is told in a sentence or a list: `14:03:22`; `Nov 20, 14:03:22` where the present is of another day. */
export function clock(at: string | number | Date, present: number): string {
  const { clock, dayClock } = formatters();
  return (isSameDay(at, present) ? clock : dayClock).format(new Date(at));
}

/** The same to the minute: `14:03`, `Nov 20, 14:03`. */
export function minute(at: string | number | Date, present: number): string {
  const { minute, dayMinute } = formatters();
  return (isSameDay(at, present) ? minute : dayMinute).format(new Date(at));
}

/** `14:03`, without a date: on a chart, which shows no more than an hour. */
export function timeOfDay(at: string | number | Date): string {
  return formatters().minute.format(new Date(at));
}

/** `14:03:22.417`: for a tail, where the order within a second matters; of another day `Nov 20, 14:03`. */
export function clockMillis(at: string | number | Date, present: number): string {
  if (!isSameDay(at, present)) return minute(at, present);
  const moment = new Date(at);
  return `${formatters().clock.format(moment)}.${String(moment.getMilliseconds()).padStart(3, '0')}`;
}

/** When the day of a moment began: what is written by it is written anew once a day, and not each second. */
export function dayOf(present: number): number {
  return new Date(present).setHours(0, 0, 0, 0);
}

/** The whole moment, for a tooltip or a record. */
export function dateTime(at: string | number | Date): string {
  return formatters().dateTime.format(new Date(at));
}

/** `alice, bob, and carol`. */
export function list(items: readonly string[]): string {
  return formatters().list.format(items);
}

function isSameDay(one: string | number | Date, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

function two(big: number, bigUnit: string, small: number, smallUnit: string): string {
  const first = of(count(big), bigUnit);
  return small === 0 ? first : `${first} ${of(count(small), smallUnit)}`;
}

/** A number with its unit, which no line break parts. */
function of(value: string, unit: string): string {
  return `${value}\u00a0${unit}`;
}
