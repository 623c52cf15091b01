/** A host without a shell: it answers views with sample data, and calls with what the scene asks for. */
import type { Preferences, ViewQuery, ViewUpdate } from '../src/generated';
import {
  Failure,
  type Answer,
  type Args,
  type CallName,
  type Host,
  type OpenView,
  type QueryOf,
  type ViewKind,
} from '../src/host/host';
import {
  ago,
  connections,
  limitRow,
  logLines,
  notable,
  notification,
  overview,
  member,
  person,
  room,
  policy,
  status,
  TOTAL,
  traceRow,
  user,
} from './sample';
import { alerts, audit, bans } from './records';

interface Listener {
  update(update: ViewUpdate): void;
}

export class SampleHost implements Host {
  readonly #scene: string;
  readonly #fails: string | null;
  #preferences: Preferences;
  readonly #statuses = new Set<Listener>();

  constructor(scene: string, preferences: Preferences, fails: string | null) {
    this.#scene = scene;
    this.#preferences = preferences;
    this.#fails = fails;
  }

  async call<K extends CallName>(name: K, args: Args<K>): Promise<Answer<K>> {
    await new Promise((resolve) => setTimeout(resolve, 60));
    if (this.#fails && name !== 'savePreferences' && name !== 'open') {
      const body = { reason: { is: 'said', text: 'connect ECONNREFUSED 10.0.0.7:3000' } };
      throw Failure.from({ ...body, code: this.#fails });
    }
    if (name === 'savePreferences') {
      this.#preferences = args as Preferences;
      for (const listener of this.#statuses) this.#send(listener, { view: 'status' });
    }
    const answers: Partial<Record<CallName, unknown>> = {
      previewDisconnect: {
        users: 9,
        sockets: 14,
        nodes: 3,
        sample: Array.from({ length: 9 }, (_, index) => user(index)),
        fingerprint: 'f',
      },
      previewCloseRoom: { users: 38, sockets: 41, nodes: 3, sample: [user(1), user(2)], fingerprint: 'f' },
      previewLeaveRoom: { users: 1, sockets: 2, nodes: 1, sample: [user(1)], fingerprint: 'f' },
      closeRoom: { sockets: 41, failed: 0 },
      leaveRoom: { sockets: 2, failed: 0 },
      policy: policy(),
      previewSetPolicy: { users: TOTAL, sockets: 15_902, nodes: 3, sample: [user(1)], fingerprint: 'f' },
      setPolicy: { namespace: '/web', event: 'room:message', limit: 20, source: 'operator' },
      sentNotifications: { items: Array.from({ length: 5 }, (_, index) => notification(index)), nextCursor: 'c' },
      sentNotification: { notification: notification(0), carried: '{"ticket":17}' },
      previewNotify: { users: TOTAL, sockets: 15_902, nodes: 3, sample: [user(1), user(2)], fingerprint: 'f' },
      disconnect: { nodes: [{ node: 'gw-1', users: 9, connections: 14 }] },
      notify: { id: 9, targets: TOTAL, delivered: 12_790, queued: 57 },
      signIn: { role: 'operator', warning: null },
      signInWithToken: { role: 'operator', warning: null },
      addGateway: { profile: 'p1', version: '0.1.0' },
      startLocal: 'p2',
      restartLocal: 'p2',
      bans: bans(),
      previewBan: { users: 3, sockets: 4, nodes: 2, sample: [user(3), user(4), user(5)], fingerprint: 'f' },
      ban: { ban: bans().items[0], nodes: [{ node: 'gw-1', users: 3, connections: 4 }] },
      unban: bans().items[0],
      alerts: alerts(),
      acknowledgeAlert: alerts().items[0],
      silenceAlert: alerts().items[0],
      audit: audit(),
      matchingPeople: { users: Array.from({ length: 140 }, (_, index) => user(index)), connections: [] },
      completeFilter: {
        start: 0,
        end: 2,
        items: [
          { text: 'room:', key: 'room', kind: 'key', count: null },
          { text: 'room:lobby', key: 'room', kind: 'term', count: 3214 },
          { text: 'room:"the long room"', key: 'room', kind: 'term', count: 87 },
          { text: 'user:rosa', key: 'user', kind: 'term', count: 1 },
        ],
      },
      exportProfiles: '{}',
      importProfiles: { added: 2, changed: 1 },
    };
    return (answers[name] ?? null) as Answer<K>;
  }

  openView<V extends ViewKind>(query: QueryOf<V>, listener: { update(update: never): void }): OpenView<V> {
    const told = listener;
    if (query.view === 'status') this.#statuses.add(told);
    setTimeout(() => this.#send(told, query), 20);
    return { change: (next) => setTimeout(() => this.#send(told, next), 10), close: () => this.#statuses.delete(told) };
  }

  #send(listener: Listener, query: ViewQuery): void {
    const update = this.#answer(query);
    if (update) listener.update(update);
  }

  #answer(query: ViewQuery): ViewUpdate | null {
    if (query.view === 'status') return { view: 'status', ...status(this.#scene, this.#preferences) };
    if (query.view === 'desktop') return { view: 'desktop', number: 0, wish: null };
    if (this.#scene === 'loading') return null;
    switch (query.view) {
      case 'people': {
        const wrong = query.filter.startsWith('usr:');
        const matching = query.filter === '' || wrong ? TOTAL + 1 : query.filter === 'nobody' ? 0 : 1204;
        const problem = { start: 0, end: 3, fault: 'unknownKey', key: 'user', instead: 'user' } as const;
        const count = Math.max(0, Math.min(query.count, matching - query.start));
        const window = Array.from({ length: count }, (_, index) => person(query.start + index));
        const waiting = query.order === 'frozen' ? 38 : 0;
        return {
          view: 'people',
          total: TOTAL + 1,
          online: TOTAL,
          matching,
          waiting,
          reading: wrong ? { inForce: '', problem } : { inForce: query.filter, problem: null },
          start: query.start,
          window,
          changed: [],
        };
      }
      case 'rooms': {
        const all = Array.from({ length: query.filter === 'nobody' ? 0 : 318 }, (_, index) => room(index));
        const window = all.slice(query.start, query.start + query.count);
        return { view: 'rooms', total: 318, matching: all.length, waiting: 0, start: query.start, window };
      }
      case 'room':
        return {
          view: 'room',
          users: 38,
          filter: query.filter,
          matching: 41,
          ...room(0),
          listed: Array.from({ length: 30 }, (_, at) => member(at)),
        };
      case 'person':
        return { view: 'person', user: user(3), connections: connections(), hits: 34, recent: notable() };
      case 'localLog':
        return { view: 'localLog', reset: true, lines: logLines(), dropped: 0 };
      case 'limits':
        return {
          view: 'limits',
          reset: true,
          rows: Array.from({ length: 200 }, (_, index) => limitRow(199 - index)),
          gaps: [{ before: 996, missing: 12 }],
          waiting: query.flow === 'paused' ? 12 : 0,
          unseen: 0,
          perMinute: 27,
          watchedSince: ago(3600),
          offenders: [184, 121, 64, 31, 12].map((hits, index) => ({ user: user(index + 3), hits })),
          events: [310, 102].map((hits, index) => ({
            namespace: '/web',
            event: index ? 'room:join' : 'room:message',
            hits,
          })),
          policyChanges: 0,
        };
      case 'trace': {
        const rows = Array.from({ length: 120 }, (_, index) => traceRow(119 - index));
        const standing = { is: 'running', perSecond: 200 } as const;
        return { view: 'trace', reset: true, rows, gaps: [], waiting: 0, unseen: 0, leftOut: 12, standing };
      }
      case 'export':
        return { view: 'export', state: 'writing', rows: 4_000, of: TOTAL };
      case 'overview':
        return { view: 'overview', ...overview(), at: ago(0) };
      case 'records':
        return { view: 'records', bans: 0, alerts: 0, audit: 0 };
      case 'notifications':
        return { view: 'notifications', items: Array.from({ length: 5 }, (_, index) => notification(index)) };
    }
  }
}
