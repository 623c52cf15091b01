/**
 * How the sending of a notification ended, put into words.
 *
 * Owns what counts as having reached somebody. What nobody was handed, and nobody will find later, was not sent.
 */
import type { Failed } from '../../actions/crowd.svelte';
import type { Notified } from '../../generated';
import type { Failure } from '../../host';
import { count } from '../../kit/format';
import { m } from '../../paraglide/messages.js';
import { failureWords } from '../../words/failure';
import { isolated } from '../../words/visible';

/** What was sent, by its title, and what the gateway says became of it. */
export interface Sent {
  title: string;
  notified: Notified;
}

export interface Outcome {
  tone: 'ok' | 'warn' | 'bad';
  title: string;
  /** Who of the users that were named will never read it, and why. */
  failed: Failed[];
}

export function outcomeOf({ title, notified }: Sent): Outcome {
  const { targets, delivered, queued, refused = [] } = notified;
  const name = { title: isolated(title) };
  // Of those the gateway knows nothing but the ids that were typed.
  const failed = refused.flatMap(({ users, message }) =>
    users.map((id) => ({ user: { id, username: '' }, why: message })),
  );
  if (delivered + queued === 0) return { tone: 'bad', title: m.notify_nobody_toast(name), failed };
  const missed = delivered < targets || failed.length > 0;
  return { tone: missed ? 'warn' : 'ok', title: m.notify_sent_toast(name), failed };
}

/** The figures in one line. */
export function figuresText({ targets, delivered, queued, refused = [] }: Notified): string {
  const unread = refused.reduce((sum, { users }) => sum + users.length, 0);
  return [
    m.notify_history_counts({ delivered: count(delivered), targets: count(targets) }),
    queued > 0 ? m.notify_history_queued({ shown: count(queued) }) : '',
    unread > 0 ? m.notify_refused({ count: unread, shown: count(unread) }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why it is not known to have been sent. What the gateway did not answer to may have been sent nevertheless. */
export function failureText({ code, message }: Failure): { title: string; text: string; unsure: boolean } {
  const unsure = code === 'noAnswer';
  return { title: unsure ? failureWords(code).title : m.notify_failed(), text: message, unsure };
}
