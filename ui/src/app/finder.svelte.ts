/**
 * Users and rooms for the palette: asked of the core as one types, a few of each, as the tables of people and rooms
 * would find them.
 *
 * Owns the two views, which are there only while something is typed. It must never hold more than it shows.
 */
import { Feed } from '../feeds/feed.svelte';
import { PeopleBuffer } from '../feeds/people';
import { RoomsBuffer } from '../feeds/rooms';
import type { PersonRow, ProfileId, RoomLine } from '../generated';

/** How long what is typed rests before the core is asked, in milliseconds. */
export const REST_MS = 120;
/** So many of each are listed. */
const LISTED = 6;

export class Finder {
  readonly #profile: ProfileId;
  #people = $state.raw<Feed<'people', PeopleBuffer> | null>(null);
  #rooms = $state.raw<Feed<'rooms', RoomsBuffer> | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(profile: ProfileId) {
    this.#profile = profile;
  }

  get people(): readonly PersonRow[] {
    return this.#people?.now.rows ?? [];
  }

  get rooms(): readonly RoomLine[] {
    return this.#rooms?.now.rows ?? [];
  }

  /** Looks for what is typed, as soon as it rests. */
  look(typed: string): void {
    clearTimeout(this.#timer);
    if (typed.trim() === '') this.#leave();
    else this.#timer = setTimeout(() => this.#ask(typed.trim()), REST_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#leave();
  }

  #ask(typed: string): void {
    const [users, rooms] = [userFilter(typed), typed];
    if (this.#people && this.#rooms) {
      this.#people.change({ filter: users });
      this.#rooms.change({ filter: rooms });
      return;
    }
    // Rows stay where they are: what one is about to choose must not move away.
    const window = {
      profile: this.#profile,
      start: 0,
      count: LISTED,
      order: 'frozen',
      direction: 'ascending',
    } as const;
    this.#people = new Feed(
      { view: 'people', ...window, rows: 'users', sort: 'name', filter: users },
      new PeopleBuffer(),
    );
    this.#rooms = new Feed({ view: 'rooms', ...window, sort: 'name', filter: rooms }, new RoomsBuffer());
  }

  #leave(): void {
    this.#people?.close();
    this.#rooms?.close();
    [this.#people, this.#rooms] = [null, null];
  }
}

/** Letters that mean nothing else in the filter of people. */
const PLAIN = /^[\p{L}\p{N}._@-]+$/u;

/** The filter of people that finds whoever has every typed word in the name or the id. */
export function userFilter(typed: string): string {
  const words = typed.split(/\s+/).filter(Boolean);
  // A word with signs of the language in it is looked for as it stands.
  return words
    .map((word) => (PLAIN.test(word) ? `user:*${word}*` : `"${word.replaceAll('"', '')}"`))
    .filter((term) => term !== '""')
    .join(' ');
}
