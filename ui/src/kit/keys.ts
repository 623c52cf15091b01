/** Names of keys: one spelling in code (`mod+k`, `g p`), the system's own on the screen. */

const APPLE = /mac|iphone|ipad/i;

/** Whether the modifier of shortcuts is ⌘ here. */
export function isApple(platform: string = navigator.platform): boolean {
  return APPLE.test(platform);
}

const CAPS: Record<string, string> = {
  escape: 'Esc',
  enter: '↵',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
};

/** `mod+k` → `["Ctrl", "K"]`, or `["⌘", "K"]` on a Mac; `g p` → `["G", "P"]`. */
export function keyCaps(keys: string, apple: boolean = isApple()): string[] {
  return keys.split(/[ +](?!$)/).map((key) => {
    const name = key.toLowerCase();
    if (name === 'mod') return apple ? '⌘' : 'Ctrl';
    if (name === 'shift') return apple ? '⇧' : 'Shift';
    if (name === 'alt') return apple ? '⌥' : 'Alt';
    return CAPS[name] ?? (key.length === 1 ? key.toUpperCase() : key);
  });
}
