/**
 * Whether one may act on a gateway, and why not.
 */
import type { Gateway } from '../generated';
import { m } from '../paraglide/messages.js';

/** Why actions are off, in words; `null` where one may act. */
export function whyNot(gateway: Gateway): string | null {
  if (gateway.link.state !== 'live') return m.people_offline_action();
  if (gateway.operator?.role === 'viewer') return m.people_viewer();
  return null;
}
