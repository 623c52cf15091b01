/** Which theme the window has: what was chosen, or what the system has. Applied to the document here and nowhere else. */
import { MediaQuery } from 'svelte/reactivity';

export type ThemeChoice = 'system' | 'light' | 'dark';

class CurrentTheme {
  choice = $state<ThemeChoice>('system');
  readonly #systemIsDark = new MediaQuery('(prefers-color-scheme: dark)');

  /** The theme that the window has now. */
  get current(): 'light' | 'dark' {
    if (this.choice !== 'system') return this.choice;
    return this.#systemIsDark.current ? 'dark' : 'light';
  }
}

/** The theme of the window. */
export const theme = new CurrentTheme();

/** Keeps the document in the current theme; call it once, where effects run. */
export function applyTheme(root: HTMLElement = document.documentElement): void {
  $effect.pre(() => {
    root.dataset['theme'] = theme.current;
  });
}
