/**
 * Limits in words: where one comes from, and what it counts.
 */
import type { PolicyEntry } from '../../generated';
import { m } from '../../paraglide/messages.js';
import { visible } from '../../words/visible';

export const SOURCES: Record<PolicyEntry['source'], () => string> = {
  builtIn: m.limits_source_built_in,
  configuration: m.limits_source_configuration,
  operator: m.limits_source_operator,
};

/** What the entry counts: an event, or what is none. */
export function counted({ event }: PolicyEntry): string {
  return event === 'invalid' ? m.limits_policy_invalid() : visible(event);
}
