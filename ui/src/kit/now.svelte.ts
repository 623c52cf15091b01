/**
 * The present moment, for what grows older on the screen. One timer for the whole page, and none while nobody looks.
 *
 * There are two clocks: this machine's, and that of whatever tells what is on the screen, which may be hours off. What it
 * tells is compared with its own present, and with no other.
 */
import { createSubscriber } from 'svelte/reactivity';

class Now {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  #aheadMs = $state(0);

  /** Whose moments are on the screen from now on, by how far their clock is ahead of this machine's. */
  follow(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  /** The present by the clock whose moments are on the screen, in milliseconds since the epoch. */
  get there(): number {
    return this.ms + this.#aheadMs;
  }

  /** The present by this machine's clock, in milliseconds since the epoch; read in a template or an effect, it is read again every second. */
  get ms(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** The present moment. */
export const now = new Now();
