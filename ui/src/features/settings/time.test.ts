import { describe, expect, it } from 'vitest';
import { isTimeOfDay } from './time';

describe('a time of day', () => {
  it.each(['00:00', '07:30', '23:59'])('is %s', (text) => expect(isTimeOfDay(text)).toBe(true));
  it.each(['', '24:00', '7:30', '12:60', '07:30:00', ' 07:30'])('is not “%s”', (text) =>
    expect(isTimeOfDay(text)).toBe(false),
  );
});
