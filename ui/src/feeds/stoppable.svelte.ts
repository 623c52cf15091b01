/**
 * What moves by itself until somebody stops it: with the button, or by looking at the rows. It goes on when neither does.
 *
 * Owns who has stopped it. It must never know what moves.
 */
import type { Flow } from '../generated';

export abstract class Stoppable {
  #paused = $state(false);
  #held = $state(false);

  /** Stopped by the button. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Stopped, by whatever. */
  get still(): boolean {
    return this.#paused || this.#held;
  }

  pause(): void {
    this.#paused = true;
    this.flow(this.#flow);
  }

  follow(): void {
    this.#paused = false;
    this.#held = false;
    this.flow(this.#flow);
  }

  /** Somebody looks at the rows, or no longer does. */
  hold(held: boolean): void {
    this.#held = held;
    this.flow(this.#flow);
  }

  /** Asks for that flow, where it is not the one there is. */
  protected abstract flow(flow: Flow): void;

  get #flow(): Flow {
    return this.still ? 'paused' : 'following';
  }
}
