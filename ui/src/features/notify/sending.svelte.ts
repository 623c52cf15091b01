/**
 * Sending a notification: whom it would reach, and what became of it.
 *
 * Owns the steps. What many people are sent is confirmed first.
 */
import type { Gateway, NotificationTarget, Notified, NotifyArgs, Preview } from '../../generated';
import { call, Failure } from '../../host';
import { toasts } from '../../kit/toasts.svelte';
import { m } from '../../paraglide/messages.js';
import { Broadcast } from './broadcast.svelte';
import { failureText, figuresText, outcomeOf, type Sent } from './outcome';

/** How long a target rests before the gateway is asked whom it reaches, in milliseconds. */
const REST_MS = 250;

/** How old the count of whom it reaches grows, in milliseconds: people come and go while one writes. */
const AGAIN_MS = 10_000;

/** Up to so many users are addressed by name: no broadcast, and nothing to confirm. */
const FEW = 10;

/** The gateway wants a title even for a dry run, where nobody reads it. */
const NO_TITLE_YET = 'preview';

export type Reach =
  | { state: 'none' }
  | { state: 'looking' }
  | { state: 'known'; preview: Preview }
  | { state: 'unknown'; failure: Failure };

export class Sending {
  reach = $state.raw<Reach>({ state: 'none' });
  /** What is about to be sent, and waits for a yes. */
  confirming = $state.raw<Broadcast | null>(null);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  result = $state.raw<Sent | null>(null);

  readonly gateway: Pick<Gateway, 'profile' | 'production'>;
  #aimed = '';
  #look = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The page has gone: nobody sees here any more how it ends. */
  #closed = false;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>) {
    this.gateway = gateway;
  }

  /** Whom it is for now: asks, after a rest, whom that reaches. */
  aim(target: NotificationTarget | null): void {
    const aimed = JSON.stringify(target);
    if (aimed === this.#aimed) return;
    this.#aimed = aimed;
    clearTimeout(this.#timer);
    this.#look += 1;
    if (target === null) {
      this.reach = { state: 'none' };
      return;
    }
    this.reach = { state: 'looking' };
    this.#later(target, REST_MS);
  }

  /** Asks, and again when the answer has grown old. Meanwhile the last answer stands. */
  async #count(target: NotificationTarget): Promise<void> {
    if (this.reach.state !== 'looking' && document.visibilityState === 'hidden') {
      this.#later(target, AGAIN_MS);
      return;
    }
    const look = ++this.#look;
    let reach: Reach;
    try {
      const args: NotifyArgs = { target, type: 'info', title: NO_TITLE_YET, message: '' };
      reach = { state: 'known', preview: await call('previewNotify', { profile: this.gateway.profile, args }) };
    } catch (thrown) {
      reach = { state: 'unknown', failure: Failure.from(thrown) };
    }
    // Answers may overtake each other: only the last question counts.
    if (look !== this.#look) return;
    this.reach = reach;
    this.#later(target, AGAIN_MS);
  }

  #later(target: NotificationTarget, ms: number): void {
    this.#timer = setTimeout(() => void this.#count(target), ms);
  }

  /** Sends, or asks first where it goes to many. Answers whether it was sent. */
  async send(args: NotifyArgs): Promise<boolean> {
    if (this.busy) return false;
    this.failure = null;
    this.result = null;
    if (isForMany(args.target)) {
      this.confirming = new Broadcast(this.gateway, args);
      return false;
    }
    return this.#deliver(args);
  }

  /** What waited was sent. */
  sent({ title }: NotifyArgs, notified: Notified): void {
    const result = { title, notified };
    this.result = result;
    if (this.#closed) {
      const outcome = outcomeOf(result);
      toasts.show({ tone: outcome.tone, title: outcome.title, detail: figuresText(notified) });
    }
  }

  /** What waits is not sent, or was. */
  settle(): void {
    this.confirming = null;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#look += 1;
  }

  async #deliver(args: NotifyArgs): Promise<boolean> {
    this.busy = true;
    try {
      const notified = await call('notify', { profile: this.gateway.profile, args });
      this.sent(args, notified);
      return true;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      this.failure = failure;
      if (this.#closed) {
        const { title, text, unsure } = failureText(failure);
        toasts.show({ tone: 'bad', title, detail: unsure ? `${text} ${m.notify_unsure()}` : text });
      }
      return false;
    } finally {
      this.busy = false;
    }
  }
}

function isForMany(target: NotificationTarget): boolean {
  return !(typeof target === 'object' && 'users' in target && target.users.length <= FEW);
}
