/**
 * Rows that stay where they are while somebody looks at them, and let in what waits when asked to.
 *
 * Owns when they move. That what waits is on its way is known when none waits any more, and not when it was asked for: a
 * view is asked for what it should be last, and would take both questions for one. It must never know what the rows are.
 */
export class Resting {
  #held = $state(false);
  #letsIn = $state(false);
  #waiting = 0;
  readonly #move: () => void;

  /** `move` is called whenever [`rests`] may have changed. */
  constructor(move: () => void) {
    this.#move = move;
  }

  /** Whether the rows are to stay. */
  get rests(): boolean {
    return this.#held && !this.#letsIn;
  }

  /** The pointer or the focus is in the rows, or has left them. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.#letsIn = false;
    this.#move();
  }

  /** Lets the rows in that wait; where somebody looks, the others rest again after that. */
  letIn(): void {
    if (this.#held && this.#waiting > 0) this.#letsIn = true;
    this.#move();
  }

  /** So many rows wait now. */
  waits(waiting: number): void {
    this.#waiting = waiting;
    if (!this.#letsIn || waiting > 0) return;
    this.#letsIn = false;
    this.#move();
  }
}
