/**
 * What moves by itself until somebody stops it: with the button, or by looking at the rows. It goes on when neither does.
 *
 * Owns who has stopped it. It must never know what moves.
 */
import type { Flow } from '../generated';
import { Resting } from './resting.svelte';

export abstract class Stoppable {
  #paused = $state(false);
  readonly #resting = new Resting(() => this.flow(this.#flow));

  /** Stopped by the button. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Stopped, by whatever. */
  get still(): boolean {
    return this.#paused || this.#resting.rests;
  }

  pause(): void {
    this.#paused = true;
    this.flow(this.#flow);
  }

  /** Goes on; where somebody looks at the rows, until none waits any more. */
  follow(): void {
    this.#paused = false;
    this.#resting.letIn();
  }

  /** Somebody looks at the rows, or no longer does. */
  hold(held: boolean): void {
    this.#resting.hold(held);
  }

  /** So many rows wait now. */
  waits(waiting: number): void {
    this.#resting.waits(waiting);
  }

  /** Asks for that flow, where it is not the one there is. */
  protected abstract flow(flow: Flow): void;

  get #flow(): Flow {
    return this.still ? 'paused' : 'following';
  }
}
