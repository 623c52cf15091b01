/** The clipboard of the system, which may be denied to the window. */
import { m } from '../paraglide/messages.js';
import { toasts } from './toasts.svelte';

/** Puts a text on the clipboard. Answers whether it is there; where it is not, that has been said. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toasts.show({ tone: 'bad', title: m.kit_copy_failed(), detail: m.kit_copy_failed_text() });
    return false;
  }
}
