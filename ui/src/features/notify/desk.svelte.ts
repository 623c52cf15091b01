/**
 * The desk on which notifications are written: one draft for each gateway, kept while the console runs, so that nothing
 * typed is lost by going to another page or by an error.
 */
import type { ProfileId } from '../../generated';
import { emptyDraft, type Draft } from './draft';

class Desk {
  draft = $state<Draft>(emptyDraft());
  /** What lay on the desk before another draft took its place. */
  #aside = $state.raw<Draft | null>(null);

  /** Whether there is something to bring back. */
  get hasAside(): boolean {
    return this.#aside !== null;
  }

  /** Puts another draft on the desk. What was written before can be brought back. */
  take(draft: Draft): void {
    const old = $state.snapshot(this.draft);
    if (isWritten(old)) this.#aside = old;
    this.draft = draft;
  }

  /** Changes only whom it is for. */
  address(part: Partial<Draft> & Pick<Draft, 'audience'>): void {
    Object.assign(this.draft, part);
  }

  /** That was sent: what it says makes room for the next one, to the same people. What was written since stays. */
  sent(written: Draft): void {
    for (const field of ['title', 'message', 'data'] as const) {
      if (this.draft[field] === written[field]) this.draft[field] = '';
    }
  }

  bringBack(): void {
    if (this.#aside === null) return;
    this.draft = this.#aside;
    this.#aside = null;
  }

  clear(): void {
    this.take(emptyDraft());
  }
}

/** Somebody has put work into it. */
function isWritten(draft: Draft): boolean {
  return draft.title.trim() !== '' || draft.message.trim() !== '' || draft.data.trim() !== '';
}

// eslint-disable-next-line svelte/prefer-svelte-reactivity -- only looked up; what it holds is reactive itself.
const desks = new Map<ProfileId, Desk>();

export function deskOf(profile: ProfileId): Desk {
  let desk = desks.get(profile);
  if (!desk) {
    desk = new Desk();
    desks.set(profile, desk);
  }
  return desk;
}
