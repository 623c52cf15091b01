/**
 * What of the audit log is shown. The gateway filters, so that the whole log is searched and not only what was read.
 */
import type { AuditArgs } from '../../generated';

/** How far back one looks. */
export type Span = 'hour' | 'day' | 'week' | 'ever';

const HOUR_MS = 3_600_000;
const SPANS: Record<Exclude<Span, 'ever'>, number> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };

export interface Question {
  /** A part of what an entry is about. */
  subject: string;
  /** A command's name; empty for every one. */
  command: string;
  /** An operator's or a backend's name; `null` for everybody. */
  actor: string | null;
  span: Span;
}

/** The question as the gateway is asked it. */
export function argsOf({ subject, command, actor, span }: Question, now: number): AuditArgs {
  const args: AuditArgs = {};
  if (subject.trim() !== '') args.subject = subject.trim();
  if (command !== '') args.command = command;
  if (actor !== null) args.actor = actor;
  if (span !== 'ever') args.from = new Date(now - SPANS[span]).toISOString();
  return args;
}

/** Whether everything is asked for. */
export function isOpenQuestion({ subject, command, actor, span }: Question): boolean {
  return subject.trim() === '' && command === '' && actor === null && span === 'ever';
}
