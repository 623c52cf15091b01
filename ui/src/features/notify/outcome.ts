/**
 * How the sending of a notification ended, put into words.
 *
 * Owns what counts as having reached somebody. What nobody was handed, and nobody will find later, was not sent.
 */
import type { Failed } from '../../actions/crowd.svelte';
import type { Notified } from '../../generated';
import { m } from '../../paraglide/messages.js';
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
