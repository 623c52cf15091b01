/**
 * How an act ended, in a word and a tone.
 */
import type { AuditRow } from '../../generated';
import type { Tone } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';

/** An act without an end is one during which the gateway went down: what became of it is not known. */
export function outcomeOf({ outcome }: Pick<AuditRow, 'outcome'>): { text: () => string; tone: Tone } {
  switch (outcome) {
    case 'done':
      return { text: m.audit_outcome_done, tone: 'ok' };
    case 'failed':
      return { text: m.audit_outcome_failed, tone: 'bad' };
    case null:
      return { text: m.audit_outcome_unknown, tone: 'warn' };
  }
}
