/**
 * What can be typed next in the filter, asked of the core with each letter.
 *
 * Owns where in the text an offer goes. It must never put one into another text than the one that it was made for.
 */
import type { Completion, Completions, PeopleRows, ProfileId } from '../../generated';
import { call } from '../../host';
import { Offers } from '../../kit/offers.svelte';

const NOTHING: Completions = { start: 0, end: 0, items: [] };

/** A text, and where the cursor is in it. */
export interface Typed {
  text: string;
  cursor: number;
}

export class Suggestions extends Offers<Completion> {
  /** The part of a text that an offer takes the place of. */
  #place = { start: 0, end: 0, of: '' };
  readonly #profile: ProfileId;
  #asked = 0;

  constructor(profile: ProfileId) {
    super();
    this.#profile = profile;
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
    this.#place = { start: offered.start, end: offered.end, of: text };
    this.show(offered.items);
  }

  override close(): void {
    this.#asked += 1;
    super.close();
  }

  /** The text with an offer in it; `null` where there is none, or where it was made for another text. */
  take(text: string, index: number | null): (Typed & { kind: Completion['kind'] }) | null {
    const { of, start, end } = this.#place;
    const item = index === null ? undefined : this.items[index];
    if (item === undefined || of !== text) return null;
    const behind = text.slice(end);
    const space = item.kind === 'term' && !behind.startsWith(' ') ? ' ' : '';
    const before = text.slice(0, start) + item.text + space;
    this.close();
    return { text: before + behind, cursor: before.length, kind: item.kind };
  }
}
