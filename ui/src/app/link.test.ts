import { expect, it } from 'vitest';
import type { LinkState } from '../generated';
import { isStale } from './link';

const LOST = '2026-03-01T12:00:00.000Z';

it.each<[LinkState, boolean]>([
  [{ state: 'live', rttMs: 12 }, false],
  [{ state: 'loading', received: 0, since: null }, false],
  // Let in again, and what is on the screen is still from before.
  [{ state: 'loading', received: 7, since: LOST }, true],
  [{ state: 'waiting', since: LOST, retryAt: LOST, attempt: 1, reason: { is: 'linkBroke' } }, true],
  [{ state: 'connecting' }, true],
  [{ state: 'closed' }, true],
])('what is shown is old or not: %j', (link, old) => {
  expect(isStale(link)).toBe(old);
});
