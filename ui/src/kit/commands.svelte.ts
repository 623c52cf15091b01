/**
 * What the palette offers beside the pages. Whoever is on the screen adds what can be done there, for as long as it is
 * on the screen.
 */
import { untrack } from 'svelte';
import type { Icon } from './tone';

export interface Command {
  id: string;
  label: string;
  /** Groups the palette's list, in words. */
  group: string;
  icon?: Icon;
  /** Further words by which it is found. */
  words?: string;
  /** The key that does the same: `mod+k`, `g p`. The frame listens for it. */
  keys?: string;
  /** Only a key: the palette does not offer it. */
  unlisted?: boolean;
  /** Its key works above a dialog too. */
  above?: boolean;
  run: () => void;
}

class Commands {
  #sources = $state.raw<readonly (() => readonly Command[])[]>([]);

  /** Everything that can be done now. */
  get all(): readonly Command[] {
    return this.#sources.flatMap((source) => source());
  }

  /** Offers commands until the component that says so is gone. Call it while a component is made. */
  offer(source: () => readonly Command[]): void {
    $effect(() => {
      untrack(() => (this.#sources = [...this.#sources, source]));
      return () => (this.#sources = this.#sources.filter((other) => other !== source));
    });
  }
}

/** The commands of this window. */
export const commands = new Commands();
