/**
 * Which element of a table a row is drawn in.
 *
 * A row that stays on the screen keeps its element, wherever it moves; one that comes takes an element that has become
 * free. So a table that moves changes places instead of texts, and one that is scrolled changes texts instead of building
 * elements.
 */
export class Slots {
  #held: ReadonlyMap<string, number> = new Map();

  /** The elements for rows of these names, in their order: numbers, each once, and none greater than it has to be. */
  place(names: readonly string[]): number[] {
    const taken = new Set<number>();
    const kept = names.map((name) => {
      const slot = this.#held.get(name);
      // Two rows of one name are a gateway's mistake; each needs an element all the same.
      if (slot === undefined || taken.has(slot)) return undefined;
      taken.add(slot);
      return slot;
    });
    let free = 0;
    const placed = kept.map((slot) => {
      if (slot !== undefined) return slot;
      while (taken.has(free)) free += 1;
      taken.add(free);
      return free;
    });
    this.#held = new Map(names.map((name, index) => [name, placed[index] ?? 0]));
    return placed;
  }
}
