/**
 * How long an event took, in words.
 */
import { m } from '../../paraglide/messages.js';

/** Microseconds, or milliseconds from one of them on. */
export function took(microseconds: number): string {
  if (microseconds < 1000) return m.trace_micros({ shown: String(microseconds) });
  const millis = microseconds / 1000;
  return m.trace_millis({ shown: millis < 10 ? millis.toFixed(1) : String(Math.round(millis)) });
}
