/**
 * The present moment, for what grows older on the screen. One timer for the whole page, and none while nobody looks.
 */
import { createSubscriber } from 'svelte/reactivity';

class Now {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Milliseconds since the epoch; read in a template or an effect, it is read again every second. */
  get ms(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** The present moment. */
export const now = new Now();
