/**
 * The language of the page, as reactive state: what a template says with a message, it says anew when this changes.
 * Knows nothing of preferences; the frame decides which language it is.
 */
import { isLocale, overwriteGetLocale, overwriteSetLocale, type Locale } from '../paraglide/runtime.js';

class CurrentLocale {
  current = $state<Locale>('en');
}

/** The language that messages and formats use now. */
export const locale = new CurrentLocale();

overwriteGetLocale(() => locale.current);
overwriteSetLocale((next) => {
  locale.current = next;
});

/** The best of the languages that there are for what the system prefers. */
export function systemLocale(preferred: readonly string[] = navigator.languages): Locale {
  for (const tag of preferred) {
    if (isLocale(tag)) return tag;
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

export type { Locale };
