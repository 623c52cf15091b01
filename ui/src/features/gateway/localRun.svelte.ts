/**
 * Running the gateway of this machine: where it is to run, and what was asked of it last.
 *
 * Owns what stands in the fields until it is kept. How the gateway is, the status says.
 */
import type { LocalRules, Preferences, ProfileId, Status } from '../../generated';
import { call, Failure } from '../../host';
import { Ending } from './ending.svelte';
import { portOf } from './local';

type Act = 'start' | 'stop' | 'restart';

interface Around {
  /** How it is, and how it is run. */
  status: () => Status;
  save: (change: Partial<Preferences>) => Promise<void>;
  /** It runs and is linked to. */
  started?: (profile: ProfileId) => void;
}

export class LocalRun {
  port = $state('');
  folder = $state('');
  busy = $state<Act | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly ending = new Ending();
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
    const { port, folder } = this.#rules;
    this.port = String(port);
    this.folder = folder ?? '';
  }

  get #rules(): LocalRules {
    return this.#around.status().preferences.local;
  }

  /** The port in its field; `null` where that is none. */
  get portNumber(): number | null {
    return portOf(this.port);
  }

  change(change: Partial<LocalRules>): Promise<void> {
    return this.#around.save({ local: { ...this.#rules, ...change } });
  }

  /** Where and on which port, as it stands in the fields. */
  async keepPlace(): Promise<void> {
    const { portNumber: port } = this;
    if (port === null) return;
    const folder = this.folder.trim() === '' ? null : this.folder.trim();
    const rules = this.#rules;
    if (port !== rules.port || folder !== rules.folder) await this.change({ port, folder });
  }

  async act(what: Act): Promise<void> {
    if (what !== 'start' && !(await this.ending.isMeant(what, this.#around.status()))) return;
    this.busy = what;
    this.failure = null;
    try {
      await this.keepPlace();
      if (what === 'stop') await call('stopLocal', null);
      else if (what === 'restart') await call('restartLocal', null);
      else if (this.portNumber !== null) {
        const profile = await call('startLocal', { port: this.portNumber });
        this.#around.started?.(profile);
      }
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    } finally {
      this.busy = null;
    }
  }
}
