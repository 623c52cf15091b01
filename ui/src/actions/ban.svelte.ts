/**
 * Banning: whom, why, until when; and lifting a ban in a way that can be undone.
 *
 * Owns the form of a ban and what of it the gateway is asked about. A ban of somebody who is away is a ban too: it
 * touches nobody now, and holds when they come.
 */
import type {
  Ban,
  BanArgs,
  Banned,
  BanSubject,
  BanTarget,
  BanUndone,
  Gateway,
  Preview,
  UndoBanArgs,
} from '../generated';
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
import { endOf, momentOf, type Term } from './term';

/** What every ban has: a reason and a term. */
export abstract class Sentencing extends Sanctioning<Banned> {
  term = $state<Term>('day');
  /** `2026-11-21T18:30`, of this machine's clock, for the term `moment`. */
  moment = $state('');

  /** Whom it is about; `null` as long as that is not said. */
  abstract get target(): BanSubject | null;

  /** When it ends by itself; `null` for never, `undefined` as long as that is not said or is over. */
  until(now: number): string | null | undefined {
    return endOf(this.term, this.moment, now);
  }

  /** Who is away is banned too. */
  override get pointless(): boolean {
    return false;
  }

  override get ready(): boolean {
    return super.ready && this.target !== null && this.until(now.there) !== undefined;
  }

  protected ask(): Promise<Preview> {
    return call('previewBan', { profile: this.gateway.profile, args: this.#args() });
  }

  protected carryOut(fingerprint: string): Promise<Banned> {
    const until = this.until(now.there);
    const args = { ...this.#args(), ...(until ? { until } : {}), fingerprint };
    return call('ban', { profile: this.gateway.profile, args });
  }

  #args(): BanArgs {
    const { target, said: reason } = this;
    if (target === null) throw new Error('a ban of nobody');
    return { target, reason };
  }
}

export class Banning extends Sentencing {
  kind = $state<'user' | 'address'>('user');
  /** The user's id, or the address, as it is typed. */
  whom = $state('');

  /** Of somebody who is known, or of whomever one types; `before` is the ban that it takes the place of. */
  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, target: BanTarget | null, before?: Ban) {
    super(gateway);
    if (target !== null) this.#aimAt(target);
    this.reason = before?.reason ?? '';
    if (before) this.#endAs(before.until);
    if (target !== null) void this.look();
    else this.step = 'seen';
  }

  override get target(): BanTarget | null {
    if (this.whom.trim() === '') return null;
    if (this.kind === 'user') return { user: userId(this.whom.trim()) };
    const address = readNetwork(this.whom);
    return address === null ? null : { address };
  }

  /** What is typed can be no address. */
  get isNoAddress(): boolean {
    return this.kind === 'address' && this.whom.trim() !== '' && this.target === null;
  }

  /** Somebody else was typed: what was seen is of another target. */
  aim(): void {
    this.forget();
    if (this.target === null) return;
    this.lookSoon();
  }

  /** Holds as long as the ban that it takes the place of, until another end is chosen. */
  #endAs(until: string | null): void {
    this.term = until === null ? 'ever' : 'moment';
    this.moment = until === null ? '' : momentOf(until);
  }

  #aimAt(target: BanTarget): void {
    if ('user' in target) {
      this.whom = String(target.user);
    } else {
      this.kind = 'address';
      this.whom = target.address;
    }
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

/** What takes bans back that were just set, each act as a whole: the ones whose place they took hold again. */
export function undoing({ profile }: Pick<Gateway, 'profile'>, acts: readonly UndoBanArgs[]) {
  const undo = async () => {
    for (const args of acts) tellUndone(await call('undoBan', { profile, args }));
  };
  return { label: m.bans_undo(), run: () => void undo().catch(tell) };
}

function tellUndone({ lifted, restored }: BanUndone): void {
  const again = restored > 0 ? m.bans_restored({ count: restored, shown: count(restored) }) : undefined;
  const title = lifted > 0 ? m.many_lifted({ count: lifted, shown: count(lifted) }) : again;
  if (title !== undefined) toasts.show({ tone: 'ok', title, ...(lifted > 0 && again ? { detail: again } : {}) });
}

function set(profile: string, { target, reason, until }: Ban): Promise<Banned> {
  return call('ban', { profile, args: { target, reason, ...(until === null ? {} : { until }) } });
}

function tell(thrown: unknown): void {
  const { code, message } = Failure.from(thrown);
  toasts.show({ tone: 'bad', title: failureWords(code).title, detail: message });
}
