/**
 * Keys that work anywhere in the window: single ones, ones with a modifier (`mod+k`) and sequences (`g p`, `w 1 2`).
 * A matcher is plain: it is given keys and the time, and says which shortcut is complete.
 */
import { isApple } from './keys';

/** Two keys of a sequence may be this far apart, in milliseconds. */
const SEQUENCE_MS = 1200;

/** Whether the key goes into a text that somebody is typing. */
export function isTyping(event: Pick<KeyboardEvent, 'target'>): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/**
 * Whether something lies above the page and has the keys for itself: a letter that is meant for a dialog must not leave it,
 * nor change what is behind it.
 */
export function isCovered(): boolean {
  return document.querySelector('[data-dialog-content][data-state="open"], dialog[open]') !== null;
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** `mod+k`, `?`, `g`: the key as shortcuts spell it. Shift is part of the character where the key makes one. */
export function pressName(event: Press, apple: boolean = isApple()): string {
  const mod = apple ? event.metaKey : event.ctrlKey;
  const other = apple ? event.ctrlKey : event.metaKey;
  const character = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Larger is asked for with the key that has the plus, held with shift or not.
  const key = mod && character === '=' ? '+' : character;
  const shift = event.shiftKey && event.key.length > 1;
  return [mod && 'mod', other && 'other', event.altKey && 'alt', shift && 'shift', key].filter(Boolean).join('+');
}

export class ShortcutMatcher {
  /** The keys that a sequence has begun with, and when the last of them was pressed. */
  #begun: { keys: string; at: number } | undefined;

  /** The shortcut that this key completes, given the keys before it. */
  match<S extends { keys: string }>(key: string, at: number, shortcuts: readonly S[]): S | undefined {
    const begun = this.#begun;
    this.#begun = undefined;
    // A key goes on with what was begun; where nothing goes on so, it stands for itself.
    const readings = begun && at - begun.at <= SEQUENCE_MS ? [`${begun.keys} ${key}`, key] : [key];
    for (const keys of readings) {
      const found = shortcuts.find((shortcut) => shortcut.keys === keys);
      const begins = shortcuts.some((shortcut) => shortcut.keys.startsWith(`${keys} `));
      if (begins) this.#begun = { keys, at };
      if (found || begins) return found;
    }
    return undefined;
  }
}
