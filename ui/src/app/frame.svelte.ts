/**
 * The frame's own state: which gateway the window is about, which page it shows, and what lies above it.
 * It asks and is told; it never holds a row, and never a secret.
 */
import { SvelteSet } from 'svelte/reactivity';
import { Feed } from '../feeds/feed.svelte';
import { Latest } from '../feeds/latest';
import { Ending } from '../features/gateway/ending.svelte';
import type { Departure, DesktopUpdate, Gateway, Preferences, ProfileId, Status, TableLooks } from '../generated';
import { call, Failure } from '../host';
import { toasts } from '../kit/toasts.svelte';
import { failureWords } from '../words/failure';
import type { Ask, PageId } from './page';

type Above = 'palette' | 'help' | 'leave';
/** Pages that are about the console and not about a gateway that it watches. */
type Side = 'settings' | 'localGateway';

/** Under this name the window keeps which gateway was looked at last. */
const LAST = 'gateway';

const NOTHING: Ask = {};

export class Frame {
  readonly #feed = new Feed<'status', Latest<'status'>>({ view: 'status' }, new Latest());
  readonly #desktop = new Feed<'desktop', Latest<'desktop'>>({ view: 'desktop' }, new Latest());
  #chosen = $state<ProfileId | null>(null);
  #before = $state<ProfileId | null>(null);
  page = $state<PageId>('overview');
  /** What the page has yet to be told; nothing once it was. */
  ask = $state.raw(NOTHING);
  #above = $state<Above | null>(null);
  /** What lies in the place of the page. */
  side = $state<Side | null>(null);
  readonly ending = new Ending();
  #carriedOut = 0;
  /** Whose links were closed here since they were opened: the status tells it a moment later. */
  readonly #closed = new SvelteSet<ProfileId>();
  /** Preferences on their way to the core, and from its answer on the last status that may not know them yet. */
  #saving = $state.raw<{ wanted: Preferences; before?: Status | null } | null>(null);

  /** The last of the preferences that are saved one after the other: one that overtook another would undo it. */
  #saved: Promise<unknown> = Promise.resolve();

  /** What lies above everything. */
  get above(): Above | null {
    return this.#above;
  }

  /** A question that something else takes the place of is answered too: whoever is asked nothing any more stays. */
  set above(next: Above | null) {
    const left = this.#above === 'leave' && next !== 'leave';
    this.#above = next;
    if (left) void this.leave('stay');
  }

  /** `null` before the first word from the core. What is being saved is in it: the next choice begins with that. */
  get status(): Status | null {
    const status = this.#feed.now.value;
    const saving = this.#saving;
    if (!status || !saving || (saving.before && saving.before !== status)) return status;
    return { ...status, preferences: saving.wanted };
  }

  /** Why there is no word from the core. */
  get failure(): Failure | null {
    return this.#feed.failure;
  }

  /** The gateway that the window is about; `null` on the welcome page. */
  get gateway(): Gateway | null {
    return this.status?.gateways.find(({ profile }) => profile === this.#chosen) ?? null;
  }

  /** Leads to a page of the current gateway. */
  readonly go = (page: PageId, ask: Ask = NOTHING): void => {
    this.page = page;
    this.ask = ask;
    this.above = null;
    this.side = null;
  };

  /** The page was told what it is asked to show: one that is made later is not, lest it undo what was done since. */
  readonly told = (): void => {
    this.ask = NOTHING;
  };

  /** Makes the window about a gateway, and links to it where that is not under way already. */
  readonly choose = (profile: ProfileId): void => {
    // Users, rooms and alerts are those of the gateway that they were seen on.
    if (profile !== this.#chosen) this.ask = NOTHING;
    this.#chosen = profile;
    localStorage.setItem(LAST, profile);
    this.above = null;
    this.side = null;
    if (this.#closed.delete(profile) || this.#isToBeOpened(profile)) void this.#ask(() => call('open', { profile }));
  };

  #isToBeOpened(profile: ProfileId): boolean {
    const known = this.status?.gateways.find((gateway) => gateway.profile === profile);
    // One that was saved a moment ago is not in the status yet.
    if (!known || known.link.state === 'closed') return true;
    // Nobody is asked to sign in to the gateway of this machine.
    return known.local && known.link.state === 'signedOut';
  }

  /** Back to the two ways in; links stay as they are. */
  readonly welcome = (): void => {
    this.#before = this.#chosen;
    this.#chosen = null;
    this.above = null;
    this.side = null;
  };

  /** Shows what is about the console, and on the way back what was there before. */
  readonly open = (side: Side | null): void => {
    this.side = side;
    this.above = null;
  };

  /** What the desktop around the window has asked for last. */
  get desktop(): DesktopUpdate | null {
    return this.#desktop.now.value;
  }

  /** Carries out what the desktop asks for, each wish once. */
  readonly obey = ({ number, wish }: DesktopUpdate): void => {
    if (number === this.#carriedOut) return;
    this.#carriedOut = number;
    switch (wish?.is) {
      case 'show':
        if (wish.subject === 'localGateway') this.open('localGateway');
        else if (this.status?.gateways.some(({ profile }) => profile === wish.profile)) {
          this.choose(wish.profile);
          this.go(wish.subject === 'alerts' ? 'alerts' : 'overview');
        }
        break;
      case 'askHowToClose':
        this.above = 'leave';
        break;
      case 'askBeforeQuitting':
        void this.leave('quit');
        break;
      case 'settings':
        this.open('settings');
        break;
      case undefined:
        break;
    }
  };

  /** From there back to where one was, as long as that gateway exists and is linked. */
  get back(): (() => void) | undefined {
    const before = this.status?.gateways.find(({ profile }) => profile === this.#before);
    if (!before || before.link.state === 'closed') return undefined;
    return () => this.choose(before.profile);
  }

  /**
   * At the start: of the gateways whose links the core has opened again the one that was looked at last, else one that
   * does not ask who one is. False where that is still to be seen: the gateway of this machine is on its way, and was looked
   * at last, or is all there is.
   */
  readonly resume = (status: Status): boolean => {
    // Somebody was quicker.
    if (this.#chosen !== null || this.side !== null) return true;
    const last = localStorage.getItem(LAST);
    const wanted = status.gateways.filter(({ link }) => link.state !== 'closed');
    const first =
      wanted.find(({ profile }) => profile === last) ??
      wanted.find(({ link }) => link.state !== 'signedOut') ??
      wanted[0];
    const local = status.gateways.find((one) => one.local);
    const comes = ['starting', 'running'].includes(status.local.state) && local?.link.state === 'closed';
    if (comes && (!first || local.profile === last)) return false;
    if (first) this.#chosen = first.profile;
    return true;
  };

  readonly retry = (profile: ProfileId): Promise<boolean> => this.#ask(() => call('retryNow', { profile }));

  readonly close = async (profile: ProfileId): Promise<void> => {
    this.welcome();
    this.#closed.add(profile);
    await this.#ask(() => call('close', { profile }));
  };

  readonly signOut = (profile: ProfileId): Promise<boolean> => this.#ask(() => call('signOut', { profile }));

  /** Closes the window in that way, once whoever would be sent away by it has been shown; or leaves it as it is. */
  readonly leave = async (how: 'hide' | 'quit' | 'stay', remember = false): Promise<void> => {
    const decided = how === 'quit' ? await this.#howToQuit() : how;
    await this.#ask(() => call('leave', { how: decided, remember }));
  };

  /** Answers how to close the window. */
  readonly answer = (how: 'hide' | 'quit' | 'stay', remember: boolean): Promise<void> => {
    this.#above = null;
    return this.leave(how, remember);
  };

  async #howToQuit(): Promise<Departure> {
    const decision = this.status ? await this.ending.onQuit(this.status) : 'end';
    if (decision === null) return 'stay';
    return decision === 'leave' ? 'quitAlone' : 'quit';
  }

  /** Starts the gateway of this machine where it was last, and the core links to it. */
  readonly startLocal = (): Promise<boolean> =>
    this.#ask(() => call('startLocal', { port: this.status?.preferences.local.port ?? 0 }));

  /** Stops it, once whoever would be sent away by it has been shown. */
  readonly stopLocal = async (): Promise<void> => {
    const { status } = this;
    if (status && (await this.ending.isMeant('stop', status))) await this.#ask(() => call('stopLocal', null));
  };

  readonly savePreferences = async (change: Partial<Preferences>): Promise<void> => {
    const preferences = this.status?.preferences;
    if (!preferences) return;
    const wanted = { ...preferences, ...change };
    this.#saving = { wanted };
    const turn = this.#saved.then(() => this.#ask(() => call('savePreferences', wanted)));
    this.#saved = turn;
    const saved = await turn;
    // What was chosen since is on its way by itself.
    if (this.#saving.wanted === wanted) this.#saving = saved ? { wanted, before: this.#feed.now.value } : null;
  };

  /** Keeps how a table is looked at. */
  readonly saveTables = (change: Partial<TableLooks>): void => {
    const tables = this.status?.preferences.tables;
    if (tables) void this.savePreferences({ tables: { ...tables, ...change } });
  };

  /** Asks for something whose result the status shows; only a failure needs words of its own. False where it failed. */
  async #ask(what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      toasts.show({ tone: 'bad', title: failureWords(failure.code).title, detail: failure.message });
      return false;
    }
  }
}
