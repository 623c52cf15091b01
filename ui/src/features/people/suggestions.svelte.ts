/**
 * What can be typed next in the filter: asked of the core with each letter, walked with the arrows, taken with a key.
 *
 * Owns which offers are shown and which of them is marked. It must never put an offer into another text than the one
 * that it was made for.
 */
import type { Completion, Completions, PeopleRows, ProfileId } from '../../generated';
import { call } from '../../host';

const NOTHING: Completions = { start: 0, end: 0, items: [] };

/** A text, and where the cursor is in it. */
export interface Typed {
  text: string;
  cursor: number;
}

export class Suggestions {
  #offered = $state.raw<Completions & { to: string }>({ ...NOTHING, to: '' });
  /** The offer that the arrows have marked. */
  marked = $state<number | null>(null);
  readonly #profile: ProfileId;
  #asked = 0;

  constructor(profile: ProfileId) {
    this.#profile = profile;
  }

  get items(): readonly Completion[] {
    return this.#offered.items;
  }

  get isOpen(): boolean {
    return this.items.length > 0;
  }

  /** Asks what can be typed next. */
  async ask(rows: PeopleRows, { text, cursor }: Typed): Promise<void> {
    const asked = ++this.#asked;
    let offered = NOTHING;
    try {
      offered = await call('completeFilter', { profile: this.#profile, args: { rows, text, cursor } });
    } catch {
      // Without offers one types on.
    }
    // Answers may overtake each other: only the last question counts.
    if (asked !== this.#asked) return;
    this.#offered = { ...offered, to: text };
    this.marked = null;
  }

  close(): void {
    this.#asked += 1;
    this.#offered = { ...NOTHING, to: '' };
    this.marked = null;
  }

  /** To the next offer, or the one before; past the last one, and before the first, none is marked. */
  move(step: 1 | -1): void {
    const last = this.items.length - 1;
    const from = this.marked ?? (step === 1 ? -1 : last + 1);
    const to = from + step;
    this.marked = to < 0 || to > last ? null : to;
  }

  /** The text with an offer in it; `null` where there is none, or where it was made for another text. */
  take(text: string, index: number | null): (Typed & { kind: Completion['kind'] }) | null {
    const { to, start, end } = this.#offered;
    const item = index === null ? undefined : this.items[index];
    if (item === undefined || to !== text) return null;
    const behind = text.slice(end);
    const space = item.kind === 'term' && !behind.startsWith(' ') ? ' ' : '';
    const before = text.slice(0, start) + item.text + space;
    this.close();
    return { text: before + behind, cursor: before.length, kind: item.kind };
  }
}
