/**
 * A short list that stays as it is while the pointer or the focus is in it: what one is about to press does not move away.
 *
 * Owns the order, and who is in it meanwhile: what each says is still the latest, who has left is marked, and who has come
 * waits until nobody is in the list any more. A list of something else is shown at once. It must never know what is listed.
 */
import { on } from 'svelte/events';

interface Line<Item> {
  key: string;
  /** As it is now; as it was last, where it is gone. */
  item: Item;
  /** It has left the list. */
  gone: boolean;
}

export class Still<Item> {
  readonly #items: () => readonly Item[];
  readonly #key: (item: Item) => string;
  readonly #of: () => unknown;
  /** What was there when the pointer or the focus came in, and of what the list was. */
  #held = $state.raw<{ lines: readonly Line<Item>[]; of: unknown } | null>(null);
  #pointed = false;
  #focused = false;
  readonly #current = $derived.by(() => this.#items().map((item) => ({ key: this.#key(item), item, gone: false })));

  /** @param of what the items are of, such as a filter: another value makes another list. */
  constructor(items: () => readonly Item[], key: (item: Item) => string, of: () => unknown = () => null) {
    this.#items = items;
    this.#key = key;
    this.#of = of;
  }

  get lines(): readonly Line<Item>[] {
    const current = this.#current;
    const held = this.#held;
    // Where there was nothing, nothing can move away.
    if (held === null || held.lines.length === 0 || held.of !== this.#of()) return current;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- only looked up, and made anew for other lines.
    const now = new Map(current.map((line) => [line.key, line]));
    return held.lines.map((line) => now.get(line.key) ?? { ...line, gone: true });
  }

  /** The element that the list is in. */
  readonly place = (element: HTMLElement): (() => void) => {
    const offs = [
      on(element, 'pointermove', ({ movementX, movementY }) => {
        // A list that comes to lie under a pointer that rests, as when a dialog closes, is not pointed at.
        if (movementX === 0 && movementY === 0) return;
        this.#pointed = true;
        this.#hold();
      }),
      on(element, 'pointerleave', () => {
        this.#pointed = false;
        this.#leave();
      }),
      on(element, 'focusin', () => {
        this.#focused = true;
        this.#hold();
      }),
      on(element, 'focusout', ({ relatedTarget }) => {
        if (relatedTarget instanceof Node && element.contains(relatedTarget)) return;
        this.#focused = false;
        this.#leave();
      }),
    ];
    return () => {
      for (const off of offs) off();
      [this.#pointed, this.#focused] = [false, false];
      this.#held = null;
    };
  };

  #hold(): void {
    const of = this.#of();
    if (this.#held?.of !== of) this.#held = { lines: this.#current, of };
  }

  #leave(): void {
    if (!this.#pointed && !this.#focused) this.#held = null;
  }
}
