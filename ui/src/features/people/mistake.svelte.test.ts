import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { FilterProblem } from '../../generated';
import { Mistake } from './mistake.svelte';

const at = (start: number): FilterProblem => ({ start, end: start + 1, fault: 'noValue', key: null, instead: null });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a mistake', () => {
  it('is told when the typing rests', () => {
    const mistake = new Mistake();
    mistake.tell(at(1));
    vi.advanceTimersByTime(500);
    mistake.tell(at(2));
    vi.advanceTimersByTime(500);
    expect(mistake.shown).toBeNull();
    vi.advanceTimersByTime(200);
    expect(mistake.shown?.start).toBe(2);
  });

  it('follows what is typed once it is told, and goes at once', () => {
    const mistake = new Mistake();
    mistake.tell(at(1));
    vi.runAllTimers();
    mistake.tell(at(3));
    expect(mistake.shown?.start).toBe(3);
    mistake.tell(null);
    expect(mistake.shown).toBeNull();
  });

  it('is not told where it was mended in time', () => {
    const mistake = new Mistake();
    mistake.tell(at(1));
    mistake.tell(null);
    vi.runAllTimers();
    expect(mistake.shown).toBeNull();
  });
});
