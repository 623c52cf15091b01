/**
 * Where a limit comes from, in words.
 */
import type { PolicyEntry } from '../../generated';
import { m } from '../../paraglide/messages.js';

export const SOURCES: Record<PolicyEntry['source'], () => string> = {
  builtIn: m.limits_source_built_in,
  configuration: m.limits_source_configuration,
  operator: m.limits_source_operator,
};
