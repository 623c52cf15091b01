import { afterEach, describe, expect, it } from 'vitest';
import {
  bytes,
  clock,
  clockMillis,
  compact,
  count,
  dayOf,
  duration,
  list,
  measured,
  microseconds,
  minute,
  percent,
  timeOfDay,
} from './format';
import { locale, systemLocale, type Locale } from './locale.svelte';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In both languages: the formatted value, first in English. */
function check(format: () => string, english: string, chinese: string): void {
  for (const [name, expected] of [
    ['en', english],
    ['zh-CN', chinese],
  ] as [Locale, string][]) {
    locale.current = name;
    expect(format()).toBe(expected);
  }
}

afterEach(() => {
  locale.current = 'en';
});

describe('formats', () => {
  it('write counts with their thousands', () => {
    check(() => count(12_847), '12,847', '12,847');
  });

  it('shorten only what is long', () => {
    check(() => compact(9999), '9,999', '9,999');
    check(() => compact(96_400), '96.4K', '9.64万');
  });

  it('write measured values with the precision that they deserve', () => {
    check(() => measured(4.14), '4.1', '4.1');
    check(() => measured(1842.7), '1,843', '1,843');
    check(() => percent(31.4), '31%', '31%');
  });

  it.each([
    [0, '0\u00a0s', '0\u00a0秒'],
    [-5, '0\u00a0s', '0\u00a0秒'],
    [12 * SECOND, '12\u00a0s', '12\u00a0秒'],
    [38 * MINUTE + 59 * SECOND, '38\u00a0m', '38\u00a0分'],
    [HOUR, '1\u00a0h', '1\u00a0小时'],
    [HOUR + 12 * MINUTE, '1\u00a0h 12\u00a0m', '1\u00a0小时 12\u00a0分'],
    [3 * DAY + 4 * HOUR, '3\u00a0d 4\u00a0h', '3\u00a0天 4\u00a0小时'],
  ])('write %d ms as a duration', (milliseconds, english, chinese) => {
    check(() => duration(milliseconds), english, chinese);
  });

  it('write sizes and short times', () => {
    check(() => bytes(900), '900\u00a0B', '900\u00a0B');
    check(() => bytes(3.1 * 1024 ** 3), '3.1\u00a0GiB', '3.1\u00a0GiB');
    check(() => microseconds(890), '890\u00a0µs', '890\u00a0µs');
    check(() => microseconds(4100), '4.1\u00a0ms', '4.1\u00a0ms');
  });

  it('write moments in the time of this machine, by 24 hours', () => {
    const moment = new Date(2026, 2, 1, 0, 3, 7, 45);
    check(() => timeOfDay(moment), '00:03', '00:03');
    check(() => clockMillis(moment, dayOf(moment.getTime())), '00:03:07.045', '00:03:07.045');
  });

  it('date the moments of another day', () => {
    const moment = new Date(2026, 2, 1, 0, 3, 7);
    const present = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime();
    check(() => clock(moment, present(1, 23)), '00:03:07', '00:03:07');
    check(() => minute(moment, present(1, 23)), '00:03', '00:03');
    check(() => clock(moment, present(2, 0)), 'Mar 1, 00:03:07', '3月1日 00:03:07');
    check(() => minute(moment, present(0, 23)), 'Mar 1, 00:03', '3月1日 00:03');
    check(() => clockMillis(moment, dayOf(present(2, 9))), 'Mar 1, 00:03', '3月1日 00:03');
  });

  it('join lists as the language does', () => {
    check(() => list(['a', 'b', 'c']), 'a, b, and c', 'a、b和c');
  });
});

describe('the language of the system', () => {
  it.each([
    [['zh-CN', 'en'], 'zh-CN'],
    [['zh-Hans-SG'], 'zh-CN'],
    [['de-DE', 'zh-TW'], 'zh-CN'],
    [['de-DE', 'en-GB', 'zh-CN'], 'en'],
    [['de-DE'], 'en'],
    [[], 'en'],
  ])('%j is shown as %s', (preferred, expected) => {
    expect(systemLocale(preferred)).toBe(expected);
  });
});
