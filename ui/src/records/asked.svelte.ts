/**
 * An answer of the gateway, asked for whenever it may have changed.
 *
 * Owns the last answer and why there is no newer one: what was known stays. Of several answers only that to the last
 * question counts.
 */
import { Failure } from '../host';

export class Asked<Answer> {
  value = $state.raw<Answer | null>(null);
  failure = $state.raw<Failure | null>(null);
  #asked = 0;
  readonly #question: () => Promise<Answer>;

  constructor(question: () => Promise<Answer>) {
    this.#question = question;
  }

  async ask(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const value = await this.#question();
      if (asked === this.#asked) [this.value, this.failure] = [value, null];
    } catch (thrown) {
      if (asked === this.#asked) this.failure = Failure.from(thrown);
    }
  }
}
