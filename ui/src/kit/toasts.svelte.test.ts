import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toasts } from './toasts.svelte';
import ToastRegion from './ToastRegion.svelte';

// There is nobody to see it move.
vi.mock('svelte/transition', () => ({ fly: () => ({}) }));

const UNDO = { label: 'Undo', run: () => undefined };

let region: Record<string, unknown>;
beforeEach(() => {
  vi.useFakeTimers();
  region = mount(ToastRegion, { target: document.body });
});
afterEach(async () => {
  for (const { id } of toasts.shown) toasts.dismiss(id);
  await unmount(region);
  vi.useRealTimers();
});

const titles = () => toasts.shown.map(({ title }) => title);
const after = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);
function show(title: string, action?: typeof UNDO) {
  toasts.show({ tone: 'ok', title, action });
  flushSync();
}
/** The pointer or the focus comes to the toast that is shown first, or leaves it. */
const happens = (event: string) => document.querySelector('.toast')?.dispatchEvent(new Event(event, { bubbles: true }));

describe('a toast', () => {
  it('goes by itself, and later where it offers something', () => {
    show('Copied');
    show('Lifted', UNDO);
    after(6);
    expect(titles()).toEqual(['Lifted']);
    after(20);
    expect(titles()).toEqual(['Lifted']);
    after(10);
    expect(titles()).toEqual([]);
  });

  it('stays while the pointer or the focus is on it', () => {
    show('Lifted', UNDO);
    happens('pointerenter');
    happens('focusin');
    after(60);
    happens('pointerleave');
    after(60);
    expect(titles()).toEqual(['Lifted']);
    happens('focusout');
    after(31);
    expect(titles()).toEqual([]);
  });

  it('gives way to newer ones, unless somebody is on it', () => {
    for (const title of ['1', '2', '3', '4']) show(title);
    happens('focusin');
    show('5');
    expect(titles()).toEqual(['1', '3', '4', '5']);
  });
});
