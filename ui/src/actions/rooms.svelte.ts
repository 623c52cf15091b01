/**
 * Rooms that exist, offered while somebody names one: any of the gateway's, or those that a user is in.
 */
import { Feed } from '../feeds/feed.svelte';
import { Latest } from '../feeds/latest';
import { RoomsBuffer } from '../feeds/rooms';
import type { Namespace, ProfileId, RoomName, UserId } from '../generated';
import { Offers } from '../kit/offers.svelte';

/** A longer list is narrowed down by typing on. */
const MOST = 8;

export interface RoomOffer {
  namespace: Namespace;
  room: RoomName;
  /** Sockets in it; of the rooms of one user it is not asked. */
  members: number | null;
}

/** Where rooms are looked up. What is found may change by itself. */
interface Source {
  find(text: string): void;
  readonly found: readonly RoomOffer[];
  close(): void;
}

export class RoomOffers extends Offers<RoomOffer> {
  readonly #source: Source;
  #asked = false;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  /** Offers the rooms that this text may be the beginning of. */
  ask(text: string): void {
    this.#asked = true;
    this.#source.find(text);
    this.show(this.#source.found);
  }

  /** Offers what is found meanwhile; the marked one stays marked. */
  refresh(): void {
    const { found } = this.#source;
    if (this.#asked) this.items = found;
  }

  override close(): void {
    this.#asked = false;
    super.close();
  }

  end(): void {
    this.#source.close();
  }
}

/** The gateway's rooms, the largest first. They stay in their order while somebody looks at them. */
export class AnyRoom implements Source {
  readonly #feed: Feed<'rooms', RoomsBuffer>;

  constructor(profile: ProfileId) {
    const order = { sort: 'members', direction: 'descending', order: 'frozen' } as const;
    this.#feed = new Feed({ view: 'rooms', profile, filter: '', ...order, start: 0, count: MOST }, new RoomsBuffer());
  }

  find(text: string): void {
    this.#feed.change({ filter: text });
  }

  get found(): readonly RoomOffer[] {
    return this.#feed.now.rows;
  }

  close(): void {
    this.#feed.close();
  }
}

/** The rooms that a user is in. */
export class RoomsOf implements Source {
  readonly #feed: Feed<'person', Latest<'person'>>;
  #text = $state('');

  constructor(profile: ProfileId, user: UserId) {
    this.#feed = new Feed({ view: 'person', profile, user }, new Latest<'person'>());
  }

  find(text: string): void {
    this.#text = text.toLowerCase();
  }

  get found(): readonly RoomOffer[] {
    const found = roomsOf(this.#feed.now.value?.connections ?? []);
    return found
      .filter(({ room }) => room.toLowerCase().includes(this.#text))
      .map((room) => ({ ...room, members: null }));
  }

  close(): void {
    this.#feed.close();
  }
}

interface Joined {
  namespaces: readonly { namespace: Namespace; rooms: readonly RoomName[] }[];
}

/** The rooms that these connections are in, each once. */
export function roomsOf(connections: readonly Joined[]): { namespace: Namespace; room: RoomName }[] {
  const all = connections
    .flatMap(({ namespaces }) => namespaces)
    .flatMap(({ namespace, rooms }) => rooms.map((room) => ({ namespace, room })));
  return all.filter(
    (one, at) => all.findIndex(({ namespace, room }) => namespace === one.namespace && room === one.room) === at,
  );
}
