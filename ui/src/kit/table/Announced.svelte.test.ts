import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Announced from './Announced.svelte';

let props = $state({ origin: '', total: 1000, waiting: 0, loading: false });
let table: Record<string, unknown>;

beforeEach(() => {
  vi.useFakeTimers();
  props = { origin: '', total: 1000, waiting: 0, loading: false };
  table = mount(Announced, { target: document.body, props });
  flushSync();
});
afterEach(async () => {
  await unmount(table);
  vi.useRealTimers();
});

/** What is said once something has changed, and all has come to rest. */
function after(change: Partial<typeof props>) {
  Object.assign(props, change);
  flushSync();
  vi.advanceTimersByTime(5000);
  flushSync();
  return document.querySelector('[role=status]')?.textContent;
}

it('rows are counted once, after others were asked for', () => {
  expect(after({ total: 999 })).toBe('');
  expect(after({ origin: 'room:lobby', loading: true })).toBe('');
  expect(after({ total: 12, loading: false })).toBe('12 rows');
  expect(after({ total: 13 })).toBe('12 rows');
});

it('that rows wait is said when the first one does', () => {
  const first = after({ waiting: 1 });
  expect(first).toMatch(/wait/);
  expect(after({ waiting: 38 })).toBe(first);
  expect(after({ waiting: 0 })).toBe('');
});
