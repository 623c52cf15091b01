/**
 * What an event is called.
 */
import { m } from '../paraglide/messages.js';

/** As the gateway counts whatever is no event of its own. */
const INVALID = 'invalid';

/** The name as it came, for a place that makes it safe; in words where it stands for what has none. */
export function eventName(event: string): string {
  return event === INVALID ? m.limits_policy_invalid() : event;
}
