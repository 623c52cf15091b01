/**
 * A table on its way into a file.
 *
 * Owns how far one export has come. The core asks where, reads the rows and writes them: the page never has all of them.
 * Closing the view calls it off.
 */
import type { ExportFormat, ExportQuery, ExportUpdate } from '../generated';
import { openView, type Failure, type OpenView } from '../host';

/** What takes longer than this shows how far it has come, in milliseconds. */
export const PATIENCE_MS = 1000;

type State = ExportUpdate | { state: 'idle' };

/** The form that was last chosen; most people always want the same. */
let lastFormat: ExportFormat = 'csv';

export class Exporting {
  format = $state<ExportFormat>(lastFormat);
  state = $state.raw<State>({ state: 'idle' });
  /** It takes long enough for one to want to know how far it has come. */
  slow = $state(false);

  #view: OpenView<'export'> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The system's dialog is open, or rows are being written. */
  get busy(): boolean {
    return this.state.state === 'choosing' || this.state.state === 'writing';
  }

  begin(query: Omit<ExportQuery, 'format'>): void {
    this.close();
    lastFormat = this.format;
    this.state = { state: 'choosing' };
    this.#view = openView<'export'>(
      { view: 'export', ...query, format: this.format },
      (update) => this.#told(update),
      (failure: Failure) => this.#told({ state: 'failed', failure }),
    );
  }

  /** Calls it off, where it is not over. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#view?.close();
    this.#view = undefined;
    this.slow = false;
    if (this.busy) this.state = { state: 'idle' };
  }

  #told(update: ExportUpdate): void {
    this.state = update;
    if (update.state === 'writing') this.#timer ??= setTimeout(() => (this.slow = true), PATIENCE_MS);
    else if (!this.busy) this.close();
  }
}
