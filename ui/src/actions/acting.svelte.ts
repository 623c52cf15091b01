/**
 * What an administrator does to others, from the first look to the result: look (a dry run) → act on exactly what was
 * seen.
 *
 * Owns the steps and what is known at each. It must never act on what was not shown: the preview's fingerprint goes with
 * the command, and where the gateway says that it no longer fits, the new preview is shown instead.
 */
import type { Gateway, NodeResult, Preview } from '../generated';
import { Failure } from '../host';
import { isNumber } from './number';
import type { Crowd } from './crowd.svelte';

type Step =
  /** The gateway is being asked whom it touches. */
  | 'looking'
  /** The preview is shown; one may go on. */
  | 'seen'
  /** The gateway is acting. */
  | 'acting'
  /** It has acted, and failed on some nodes or with some users. */
  | 'partly'
  /** It has acted. */
  | 'done';

/** How long what is typed rests before the gateway is asked whom it means, in milliseconds. */
const REST_MS = 300;

export abstract class Acting<Result> {
  step = $state<Step>('looking');
  preview = $state.raw<Preview | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The targets had changed since they were seen: the preview is a new one, and nothing was done. */
  changed = $state(false);
  result = $state.raw<Result | null>(null);
  /** The number, typed, where the gateway is one of production. */
  typed = $state('');

  readonly gateway: Pick<Gateway, 'profile' | 'production'>;
  /** The users that it is done to, where they are named one by one. */
  readonly crowd: Crowd | null;
  #look = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, crowd: Crowd | null = null) {
    this.gateway = gateway;
    this.crowd = crowd;
  }

  /** Asks the gateway whom it would touch. */
  protected abstract ask(): Promise<Preview>;
  /** Acts on those that the fingerprint stands for. */
  protected abstract carryOut(fingerprint: string): Promise<Result>;

  /** What became of it on each node, where the gateway says so. */
  get nodes(): readonly NodeResult[] {
    return [];
  }

  /** There is nobody whom it would touch, and so nothing to do. What holds for whoever comes later has its point. */
  get pointless(): boolean {
    return this.preview?.sockets === 0;
  }

  /** Whether a number has to be typed: on a production gateway, where somebody is touched. */
  get wantsNumber(): boolean {
    return this.gateway.production && this.preview !== null && this.preview.sockets > 0;
  }

  /** Whether all is said that has to be said before acting. */
  get ready(): boolean {
    if (this.step !== 'seen' || this.preview === null || this.pointless) return false;
    return !this.wantsNumber || isNumber(this.typed, this.preview.users);
  }

  /** Asks no further: the dialog is closed. What it shows stays as it is while it goes. */
  close(): void {
    this.#rest();
    this.#look += 1;
  }

  /** It is about somebody else now: what was seen, or is being asked, is of no use any more. */
  protected forget(): void {
    this.close();
    this.preview = null;
    this.failure = null;
    this.changed = false;
    this.typed = '';
    if (this.step === 'looking') this.step = 'seen';
  }

  /** Looks as soon as what is typed rests. */
  protected lookSoon(): void {
    this.step = 'looking';
    this.#timer = setTimeout(() => void this.look(), REST_MS);
  }

  /** It looks as soon as what is typed rests. */
  protected get looksSoon(): boolean {
    return this.#timer !== undefined;
  }

  /** Asks whom it touches now. What was typed stays. */
  async look(): Promise<void> {
    this.#rest();
    const look = ++this.#look;
    this.step = 'looking';
    this.failure = null;
    let preview: Preview | null = null;
    let failure: Failure | null = null;
    try {
      preview = await this.ask();
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    // Answers may overtake each other: only the last question counts.
    if (look !== this.#look) return;
    this.preview = preview;
    this.failure = failure;
    this.step = 'seen';
  }

  /** Acts on whom the preview shows. */
  async act(): Promise<void> {
    const { preview } = this;
    if (!this.ready || preview === null) return;
    this.step = 'acting';
    this.failure = null;
    this.changed = false;
    try {
      this.result = await this.carryOut(preview.fingerprint);
      const failed = this.nodes.some((node) => node.error !== undefined) || (this.crowd?.failed.length ?? 0) > 0;
      this.step = failed ? 'partly' : 'done';
    } catch (thrown) {
      await this.#failed(Failure.from(thrown), preview);
    }
  }

  /** Begins again with those with whom it failed. */
  async again(): Promise<void> {
    this.crowd?.goOn();
    this.preview = null;
    this.result = null;
    this.typed = '';
    await this.look();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #failed(failure: Failure, seen: Preview): Promise<void> {
    if (failure.code === 'conflict') {
      await this.look();
      // Not every conflict is about the targets: the gateway's own words say what else is in the way.
      this.changed = this.preview !== null && this.preview.fingerprint !== seen.fingerprint;
      if (this.changed) this.typed = '';
    }
    if (!this.changed) this.failure ??= failure;
    this.step = 'seen';
  }
}
