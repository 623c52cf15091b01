/**
 * The reactive face of a view: a plain buffer that takes the updates, and one counter that says when to look again.
 *
 * Owns when the page is redrawn: once a frame however many updates arrive, by timer while the window is hidden. It must
 * never know what a buffer holds.
 */
import { openView, type Failure, type OpenView, type QueryOf, type UpdateOf, type ViewKind } from '../host';
import { nextFrame, type Schedule } from './frame';

/** Takes the updates of one kind of view. Plain TypeScript: no runes, no time, no page. */
export interface ViewBuffer<V extends ViewKind> {
  apply(update: UpdateOf<V>): void;
}

export class Feed<V extends ViewKind, B extends ViewBuffer<V>> {
  #query: QueryOf<V>;
  readonly #buffer: B;
  readonly #view: OpenView<V>;
  readonly #schedule: Schedule;
  #cancel: (() => void) | undefined;
  #version = $state(0);
  #failure = $state.raw<Failure | null>(null);

  constructor(query: QueryOf<V>, buffer: B, schedule: Schedule = nextFrame) {
    this.#query = query;
    this.#buffer = buffer;
    this.#schedule = schedule;
    this.#view = openView<V>(
      query,
      (update) => {
        this.#buffer.apply(update);
        this.#redraw();
      },
      (failure) => {
        this.#failure = failure;
      },
    );
  }

  /** The buffer as it is now. Whoever reads this is told when it has changed. */
  get now(): B {
    void this.#version;
    return this.#buffer;
  }

  /** Why the view shows nothing, or nothing newer. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** What the view shows. */
  get query(): QueryOf<V> {
    return this.#query;
  }

  /** Shows something else; what is not named stays as it is. */
  change(part: Partial<QueryOf<V>>): void {
    this.#query = { ...this.#query, ...part };
    this.#failure = null;
    this.#view.change(this.#query);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#view.close();
  }

  #redraw(): void {
    this.#cancel ??= this.#schedule(() => {
      this.#cancel = undefined;
      this.#version += 1;
    });
  }
}
