import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';

import { Failure, useHost, type Host, type ViewKind } from '../host';
import type { ViewListener } from '../host/host';
import { Feed } from './feed.svelte';
import { Latest } from './latest';
import { OverviewBuffer } from './overview';
import type { OverviewUpdate } from '../generated';

/** A host with one view, driven by hand. */
class OneView implements Host {
  listener: ViewListener<ViewKind> | undefined;
  asked: unknown[] = [];
  closed = 0;

  call = () => Promise.reject(new Failure({ code: 'notConnected', reason: { is: 'said', text: 'no' } }));

  openView: Host['openView'] = (query, listener) => {
    this.asked.push(query);
    this.listener = listener as unknown as ViewListener<ViewKind>;
    return {
      change: (next) => void this.asked.push(next),
      close: () => {
        this.closed += 1;
      },
    };
  };
}

/** Frames that come when the test says so. */
class Frames {
  #tasks = new Set<() => void>();
  schedule = (task: () => void) => {
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  };
  get waiting() {
    return this.#tasks.size;
  }
  run() {
    const tasks = [...this.#tasks];
    this.#tasks.clear();
    for (const task of tasks) task();
    flushSync();
  }
}

let stop: (() => void) | undefined;
afterEach(() => stop?.());

const figures = (part: Partial<OverviewUpdate>): OverviewUpdate => ({
  at: '2026-03-01T12:00:00.000Z',
  onlineUsers: 0,
  onlineUsersBefore: null,
  connections: 0,
  messagesIn: null,
  messagesOut: null,
  limitHits: 0,
  limitHitsBefore: 0,
  errors: 0,
  errorsHour: 0,
  handlingP99Us: null,
  nodes: [],
  history: null,
  load: null,
  loudAlerts: 0,
  quietAlerts: 0,
  alerts: null,
  notable: null,
  ...part,
});

function open() {
  const host = new OneView();
  useHost(host);
  const frames = new Frames();
  const feed = new Feed({ view: 'overview', profile: 'p' }, new OverviewBuffer(), frames.schedule);
  const seen: (number | null)[] = [];
  stop = $effect.root(() => {
    $effect(() => void seen.push(feed.now.figures?.onlineUsers ?? null));
  });
  flushSync();
  const send = (part: Partial<OverviewUpdate>) => host.listener?.update({ view: 'overview', ...figures(part) });
  return { host, frames, feed, seen, send };
}

describe('a feed', () => {
  it('redraws once a frame, however many updates arrive, and shows the last', () => {
    const { frames, seen, send } = open();
    for (let users = 1; users <= 500; users += 1) send({ onlineUsers: users });
    expect(frames.waiting).toBe(1);
    frames.run();
    expect(seen).toEqual([null, 500]);
    send({ onlineUsers: 501 });
    frames.run();
    expect(seen).toEqual([null, 500, 501]);
  });

  it('keeps what an update leaves out', () => {
    const { feed, send } = open();
    send({ alerts: [], notable: [] });
    send({ onlineUsers: 3 });
    expect(feed.now.alerts).toEqual([]);
    expect(feed.now.notable).toEqual([]);
  });

  it('asks for the whole query when a part changes, and forgets an old failure', () => {
    const { host, feed } = open();
    host.listener?.fail(new Failure({ code: 'internal', reason: { is: 'said', text: 'no' } }));
    expect(feed.failure?.message).toBe('no');
    feed.change({ profile: 'q' });
    expect(host.asked).toEqual([
      { view: 'overview', profile: 'p' },
      { view: 'overview', profile: 'q' },
    ]);
    expect(feed.failure).toBeNull();
  });

  it('draws nothing after it was closed', () => {
    const { host, frames, feed, seen, send } = open();
    send({ onlineUsers: 1 });
    feed.close();
    frames.run();
    expect(host.closed).toBe(1);
    expect(seen).toEqual([null]);
  });
});

describe('a buffer of the latest', () => {
  it('replaces', () => {
    const buffer = new Latest<'notifications'>();
    expect(buffer.value).toBeNull();
    buffer.apply({ view: 'notifications', items: [] });
    expect(buffer.value).toEqual({ view: 'notifications', items: [] });
  });
});
