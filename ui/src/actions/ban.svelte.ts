/**
 * Banning: whom, why, until when; and lifting a ban in a way that can be undone.
 *
 * Owns the form of a ban and what of it the gateway is asked about. A ban of somebody who is away is a ban too: it
 * touches nobody now, and holds when they come.
 */
import type { Ban, BanArgs, Banned, BanTarget, Gateway, Preview } from '../generated';
import { call, Failure } from '../host';
import { count } from '../kit/format';
import { now } from '../kit/now.svelte';
import { toasts } from '../kit/toasts.svelte';
import { m } from '../paraglide/messages.js';
import { bannedText } from '../words/ban';
import { failureWords } from '../words/failure';
import { userId } from '../words/user';
import { readNetwork } from './network';
import { Sanctioning } from './sanction.svelte';
import { endsSeries } from './series.svelte';
import { endOf, type Term } from './term';

/** How long what is typed rests before the gateway is asked whom it means, in milliseconds. */
const REST_MS = 300;

export class Banning extends Sanctioning<Banned> {
  kind = $state<'user' | 'address'>('user');
  /** The user's id, or the address, as it is typed. */
  whom = $state('');
  term = $state<Term>('day');
  /** `2026-11-21T18:30`, of this machine's clock, for the term `moment`. */
  moment = $state('');

  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Of somebody who is known, or of whomever one types; `before` is the ban that it takes the place of. */
  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, target: BanTarget | null, before?: Ban) {
    super(gateway);
    if (target !== null) this.#aimAt(target);
    this.reason = before?.reason ?? '';
    if (target !== null) void this.look();
    else this.step = 'seen';
  }

  /** Whom it is about; `null` as long as that is not said. */
  get target(): BanTarget | null {
    if (this.whom.trim() === '') return null;
    if (this.kind === 'user') return { user: userId(this.whom.trim()) };
    const address = readNetwork(this.whom);
    return address === null ? null : { address };
  }

  /** What is typed can be no address. */
  get isNoAddress(): boolean {
    return this.kind === 'address' && this.whom.trim() !== '' && this.target === null;
  }

  /** When it ends by itself; `null` for never, `undefined` as long as that is not said or is over. */
  until(now: number): string | null | undefined {
    return endOf(this.term, this.moment, now);
  }

  override get pointless(): boolean {
    return false;
  }

  override get ready(): boolean {
    return super.ready && this.target !== null && this.until(now.there) !== undefined;
  }

  /** Somebody else was typed: what was seen is of another target. */
  aim(): void {
    this.forget();
    if (this.target === null) return;
    this.step = 'looking';
    this.#timer = setTimeout(() => void this.look(), REST_MS);
  }

  override close(): void {
    clearTimeout(this.#timer);
    super.close();
  }

  protected ask(): Promise<Preview> {
    return call('previewBan', { profile: this.gateway.profile, args: this.#args() });
  }

  protected carryOut(fingerprint: string): Promise<Banned> {
    const until = this.until(now.there);
    const args = { ...this.#args(), ...(until ? { until } : {}), fingerprint };
    return call('ban', { profile: this.gateway.profile, args });
  }

  #aimAt(target: BanTarget): void {
    if ('user' in target) {
      this.whom = String(target.user);
    } else {
      this.kind = 'address';
      this.whom = target.address;
    }
  }

  #args(): BanArgs {
    const { target, said: reason } = this;
    if (target === null) throw new Error('a ban of nobody');
    return { target, reason };
  }
}

/** Lifts a ban, and offers to set it again as it was. Answers whether it is lifted. */
export async function lift(gateway: Pick<Gateway, 'profile'>, ban: Ban, onSetAgain: () => void): Promise<boolean> {
  const { profile } = gateway;
  try {
    const lifted = await call('unban', { profile, args: { target: ban.target } });
    const again = () => set(profile, lifted).then(onSetAgain);
    const undo = { label: m.bans_undo(), run: () => void again().catch(tell) };
    toasts.show({ tone: 'ok', title: m.bans_lifted({ whom: bannedText(lifted.target) }), action: undo });
    return true;
  } catch (thrown) {
    tell(thrown);
    return false;
  }
}

/** What takes a ban back that was just set: the one that it took the place of holds again, or none. */
export function undoing({ profile }: Pick<Gateway, 'profile'>, { target }: Ban, before: Ban | undefined) {
  const undo = async () => {
    if (before) {
      await set(profile, before);
    } else {
      await call('unban', { profile, args: { target } });
      toasts.show({ tone: 'ok', title: m.bans_lifted({ whom: bannedText(target) }) });
    }
  };
  return { label: m.bans_undo(), run: () => void undo().catch(tell) };
}

/** What takes several bans back that were just set, one after the other; one that cannot be lifted keeps none of the others. */
export function undoingAll({ profile }: Pick<Gateway, 'profile'>, bans: readonly Ban[]) {
  const undo = async () => {
    let lifted = 0;
    let failure: Failure | undefined;
    for (const { target } of bans) {
      try {
        await call('unban', { profile, args: { target } });
        lifted += 1;
      } catch (thrown) {
        failure = Failure.from(thrown);
        if (endsSeries(failure)) break;
      }
    }
    if (lifted > 0) toasts.show({ tone: 'ok', title: m.many_lifted({ count: lifted, shown: count(lifted) }) });
    if (failure) tell(failure);
  };
  return { label: m.bans_undo(), run: () => void undo() };
}

function set(profile: string, { target, reason, until }: Ban): Promise<Banned> {
  return call('ban', { profile, args: { target, reason, ...(until === null ? {} : { until }) } });
}

function tell(thrown: unknown): void {
  const { code, message } = Failure.from(thrown);
  toasts.show({ tone: 'bad', title: failureWords(code).title, detail: message });
}
