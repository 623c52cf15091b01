/**
 * The desktop app as the page's host: two commands and one channel for each open view.
 *
 * Owns the numbering of views and the order of what is asked of one. It must never know what a view shows.
 */
import { Channel, invoke } from '@tauri-apps/api/core';

import type { ViewId, ViewUpdate } from '../generated';
import {
  Failure,
  type Answer,
  type Args,
  type CallName,
  type Host,
  type OpenView,
  type QueryOf,
  type UpdateOf,
  type ViewKind,
  type ViewListener,
} from './host';

let lastView = 0;

export const tauriHost: Host = {
  async call<K extends CallName>(name: K, args: Args<K>): Promise<Answer<K>> {
    try {
      return await invoke<Answer<K>>('call', { call: { call: name, args } });
    } catch (thrown) {
      throw Failure.from(thrown);
    }
  },

  openView<V extends ViewKind>(query: QueryOf<V>, listener: ViewListener<V>): OpenView<V> {
    lastView += 1;
    return new ChannelView(lastView, query, listener);
  },
};

class ChannelView<V extends ViewKind> implements OpenView<V> {
  readonly #view: ViewId;
  readonly #listener: ViewListener<V>;
  /** The core knows the view. Of a change of one that it does not know it says nothing. */
  #opened = false;
  #closed = false;
  /** What is asked of a view goes out one after the other: a change that overtook the opening would be lost. */
  #tail: Promise<void>;
  /** A change that waits. A newer one takes its place: only the last one counts. */
  #next: QueryOf<V> | undefined;

  constructor(view: ViewId, query: QueryOf<V>, listener: ViewListener<V>) {
    this.#view = view;
    this.#listener = listener;
    this.#tail = this.#ask(() => this.#open(query));
  }

  change(query: QueryOf<V>): void {
    if (this.#closed) return;
    const waits = this.#next !== undefined;
    this.#next = query;
    if (waits) return;
    this.#tail = this.#tail.then(() =>
      this.#ask(() => {
        const latest = this.#next;
        this.#next = undefined;
        if (latest === undefined || this.#closed) return Promise.resolve();
        return this.#opened ? tauriHost.call('changeView', { view: this.#view, query: latest }) : this.#open(latest);
      }),
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#tail.then(() => this.#ask(() => tauriHost.call('closeView', this.#view)));
  }

  /** Opens the view, with a channel of its own: that of an opening that has failed is ended. */
  async #open(query: QueryOf<V>): Promise<void> {
    const channel = new Channel<ViewUpdate>();
    channel.onmessage = (update) => {
      if (!this.#closed && update.view === query.view) this.#listener.update(update as UpdateOf<V>);
    };
    await invoke('open_view', { id: this.#view, query, channel });
    this.#opened = true;
  }

  async #ask(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (thrown) {
      if (!this.#closed) this.#listener.fail(Failure.from(thrown));
    }
  }
}
