import { afterEach, expect, it, vi } from 'vitest';
import { copy } from './copy';
import { toasts } from './toasts.svelte';

afterEach(() => {
  toasts.shown.forEach(({ id }) => toasts.dismiss(id));
  vi.restoreAllMocks();
});

it('a text is copied without a word', async () => {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  expect(await copy('10314')).toBe(true);
  expect(write).toHaveBeenCalledWith('10314');
  expect(toasts.shown).toEqual([]);
});

it('a clipboard that is denied is said, and breaks nothing', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('denied', 'NotAllowedError'));
  expect(await copy('10314')).toBe(false);
  expect(toasts.shown.map(({ tone }) => tone)).toEqual(['bad']);
});
