/**
 * A list that the gateway keeps, read page by page: bans, alerts, the audit log.
 *
 * Owns how much of it has been read, and when it is read anew: as soon as the gateway has said that it has changed, but
 * not while somebody looks at the rows, and not more often than once a second. It must never know what a row means.
 */
import type { Page, ProfileId, RecordsUpdate } from '../generated';
import { Failure, openView, type OpenView } from '../host';
import { joined } from './joined';

/** The least time between two readings from the top, in milliseconds. */
export const REST_MS = 1000;
/** So many rows before the last one that was read the next page is asked for. */
const AHEAD = 30;

export type RecordsName = Exclude<keyof RecordsUpdate, 'view'>;

export interface RecordsSource<Row> {
  /** Which list; its number says when it has changed. */
  name: RecordsName;
  /** Reads a page: the first, or the one from a cursor on. */
  read: (from: { cursor?: string }) => Promise<Page<Row>>;
  key: (row: Row) => string;
}

export class Records<Row> {
  /** What has been read, in the gateway's order. */
  rows = $state.raw<readonly Row[]>([]);
  /** False before anything was read. */
  known = $state(false);
  /** All of it has been read. */
  complete = $state(false);
  /** Why the last reading failed; what was read before stays. */
  failure = $state.raw<Failure | null>(null);
  /** Changes that are not shown yet, because somebody looks at the rows. */
  waiting = $state(0);

  /** What names a row. */
  readonly key: (row: Row) => string;
  #read: RecordsSource<Row>['read'];
  readonly #view: OpenView<'records'>;
  #cursor: string | undefined;
  /** Counts the readings that made earlier ones meaningless. */
  #run = 0;
  #reading = false;
  #held = false;
  /** How often the list has changed, and how often it had when it was read. */
  #changes: number | null = null;
  #shown = 0;
  #readAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(profile: ProfileId, source: RecordsSource<Row>) {
    this.key = source.key;
    this.#read = source.read;
    this.#view = openView(
      { view: 'records', profile },
      (update) => this.#told(update[source.name]),
      (failure) => (this.failure = failure),
    );
  }

  /** Reads something else, from its beginning. What was read before is shown until then. */
  ask(read: RecordsSource<Row>['read']): void {
    this.#read = read;
    void this.renew();
  }

  /** The rows from `start` on can be seen, `count` of those that are read: reads on where they come near the end. */
  see(start: number, count: number, length: number = this.rows.length): void {
    if (start + count + AHEAD >= length) void this.#more();
  }

  /** Rows must not move, or may again. */
  hold(held: boolean): void {
    this.#held = held;
    this.#renewSoon();
  }

  /** The link is there: what could not be read is read now. */
  linked(): void {
    if (this.failure !== null) void this.renew();
  }

  /** Reads anew, from the beginning. */
  async renew(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const run = ++this.#run;
    const changes = this.#changes ?? 0;
    this.#reading = true;
    this.#readAt = Date.now();
    try {
      const page = await this.#read({});
      if (run !== this.#run) return;
      this.#shown = Math.max(this.#shown, changes);
      this.#take(page, []);
    } catch (thrown) {
      if (run === this.#run) this.failure = Failure.from(thrown);
    } finally {
      if (run === this.#run) {
        this.#reading = false;
        this.#renewSoon();
      }
    }
  }

  /** A row is another one by what was done here: shown at once, without a reading. */
  put(row: Row): void {
    const key = this.key(row);
    this.rows = this.rows.map((other) => (this.key(other) === key ? row : other));
    this.#own();
  }

  /** There is a row more by what was done here. */
  added(): void {
    this.#own();
    void this.renew();
  }

  /** A row is gone by what was done here. */
  drop(key: string): void {
    this.rows = this.rows.filter((row) => this.key(row) !== key);
    this.#own();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.#view.close();
  }

  async #more(): Promise<void> {
    if (!this.known || this.complete || this.#reading || this.failure !== null) return;
    const run = this.#run;
    this.#reading = true;
    try {
      const page = await this.#read(this.#cursor === undefined ? {} : { cursor: this.#cursor });
      if (run === this.#run) this.#take(page, this.rows);
    } catch (thrown) {
      if (run === this.#run) this.failure = Failure.from(thrown);
    } finally {
      if (run === this.#run) {
        this.#reading = false;
        // What changed meanwhile could not be read then.
        this.#renewSoon();
      }
    }
  }

  #take(page: Page<Row>, before: readonly Row[]): void {
    this.rows = joined(before, page.items, this.key);
    this.#cursor = page.nextCursor ?? undefined;
    this.complete = page.nextCursor === null;
    this.known = true;
    this.failure = null;
    this.#count();
  }

  #told(changes: number): void {
    const first = this.#changes === null;
    this.#changes = changes;
    if (first) void this.renew();
    else {
      this.#count();
      this.#renewSoon();
    }
  }

  /** The gateway will tell of what was done here: that is no news. */
  #own(): void {
    this.#shown += 1;
    this.#count();
  }

  #count(): void {
    this.waiting = Math.max(0, (this.#changes ?? 0) - this.#shown);
  }

  #renewSoon(): void {
    if (this.#held || this.#reading || this.waiting === 0 || this.#timer !== undefined) return;
    const rest = Math.max(0, this.#readAt + REST_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#held) void this.renew();
    }, rest);
  }
}
