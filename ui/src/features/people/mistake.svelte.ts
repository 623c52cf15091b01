/**
 * When a mistake in the filter is told: not while somebody is in the middle of a word. Every filter is wrong while it is
 * typed; once a mistake is told it stays, with its changes, until it is mended.
 */
import type { FilterProblem } from '../../generated';

/** How long what is typed rests before a mistake in it is told, in milliseconds. */
const REST_MS = 600;

export class Mistake {
  shown = $state.raw<FilterProblem | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What is wrong now; `null` where nothing is. */
  tell(problem: FilterProblem | null): void {
    clearTimeout(this.#timer);
    if (problem === null || this.shown !== null) this.shown = problem;
    else this.#timer = setTimeout(() => (this.shown = problem), REST_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
