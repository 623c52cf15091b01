/**
 * Messages a minute in words.
 */
import { count } from '../../kit/format';

/** Whole numbers, but never nothing where something was said. */
export function rate(perMinute: number): string {
  return perMinute > 0 && perMinute < 1 ? '< 1' : count(Math.round(perMinute));
}
