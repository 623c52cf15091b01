/** What a saved gateway is called. */
import type { Gateway } from '../generated';
import { m } from '../paraglide/messages.js';

/** The name as it was typed, for a place that makes it safe; that of this machine has one by itself, in the language of the page. */
export function gatewayName({ name, local }: Pick<Gateway, 'name' | 'local'>): string {
  return local && name === '' ? m.gateway_title() : name;
}
