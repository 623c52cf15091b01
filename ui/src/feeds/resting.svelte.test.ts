import { describe, expect, it } from 'vitest';

import type { Flow } from '../generated';
import { Resting } from './resting.svelte';
import { Stoppable } from './stoppable.svelte';

/** What was asked for, as a host hands it on: of questions in one breath only the last. */
class Tail extends Stoppable {
  readonly heard: Flow[] = ['following'];
  #asked: Flow = 'following';

  protected flow(flow: Flow): void {
    this.#asked = flow;
  }

  breathe(): Flow[] {
    if (this.heard.at(-1) !== this.#asked) this.heard.push(this.#asked);
    return this.heard;
  }
}

describe('rows that rest', () => {
  it('let in what waits although somebody looks, and then rest again', () => {
    const tail = new Tail();
    tail.hold(true);
    tail.waits(38);
    expect(tail.breathe()).toEqual(['following', 'paused']);
    tail.follow();
    expect(tail.breathe()).toEqual(['following', 'paused', 'following']);
    tail.waits(12);
    tail.waits(0);
    expect(tail.breathe()).toEqual(['following', 'paused', 'following', 'paused']);
    expect(tail.still).toBe(true);
  });

  it('stay where nothing waits', () => {
    const tail = new Tail();
    tail.hold(true);
    tail.follow();
    expect(tail.breathe()).toEqual(['following', 'paused']);
  });

  it('stay paused by the button when nobody looks any more', () => {
    const tail = new Tail();
    tail.pause();
    tail.hold(true);
    tail.hold(false);
    expect(tail.breathe()).toEqual(['following', 'paused']);
    tail.follow();
    expect(tail.breathe()).toEqual(['following', 'paused', 'following']);
  });

  it('move when they are let go of before what waited has come', () => {
    let rests: boolean | null = null;
    const resting: Resting = new Resting(() => (rests = resting.rests));
    resting.hold(true);
    resting.waits(3);
    resting.letIn();
    resting.hold(false);
    resting.waits(0);
    expect(rests).toBe(false);
  });
});
