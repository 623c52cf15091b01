/** Sample data for the gallery: the same on every run. */
import type {
  Gateway,
  LimitEpisode,
  LimitRow,
  LinkState,
  Notable,
  Notification,
  OverviewUpdate,
  PersonConnection,
  PersonRow,
  LogLine,
  PolicyTable,
  Preferences,
  RoomLine,
  RoomMemberLine,
  Severity,
  Status,
  TraceRow,
  User,
} from '../src/generated';

/** Pseudo-random numbers in [0, 1), from a seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

const NAMES =
  'alice.w bo_chen carmen dmitri eszter fatima gustav hana ivo 李雷 jonas.k kemal lucia mei noor olu petra quentin rosa sven tomoko 韩梅梅 ulla vik wanda xavier yara zoe amir birgit'.split(
    ' ',
  );
const ROOMS = ['lobby', 'support', 'team-a', 'general', '大厅'];
const CLIENTS = ['Firefox · Linux', 'Chrome · Windows', 'Safari · macOS', 'Android SDK', ''];

export const TOTAL = 12_847;

export const PREFERENCES: Preferences = {
  theme: 'system',
  language: 'en',
  notifications: true,
  rules: {
    gateways: true,
    warnings: 'medium',
    errors: 'low',
    anomalies: 'low',
    quiet: { on: true, from: '22:00', until: '07:00' },
    sound: false,
  },
  onClose: 'ask',
  zoom: 100,
  startAtLogin: false,
  local: { port: 3000, folder: null, startWithConsole: false, leaveRunning: true },
  tables: { people: { hidden: [], sort: 'name', direction: 'ascending' } },
};

/** What a local gateway says. */
export function logLines(): LogLine[] {
  const said: [Severity, string][] = [
    ['info', 'INFO signalbox_server::cli::serve: accepting connections address=127.0.0.1:3000'],
    ['warn', 'WARN signalbox_server::transport: a connection was closed: it did not read for 30 s'],
    ['error', 'ERROR signalbox_server::store: the store could not forget what is past its time'],
  ];
  return said.map(([severity, text], key) => ({ key, severity, text: `2026-11-21T09:00:0${key}Z  ${text}` }));
}

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

export function user(index: number): User {
  const name = NAMES[index % NAMES.length] ?? 'somebody';
  return {
    id: 10_240 + index * 37,
    username: index < NAMES.length ? name : `${name}-${Math.floor(index / NAMES.length)}`,
  };
}

export function person(index: number): PersonRow {
  const random = randomFrom(index * 7919 + 11);
  const who = user(index);
  const idle = random() < 0.22;
  return {
    key: String(who.id),
    user: who,
    operator: index === 2,
    namespaces: random() < 0.3 ? ['/web', '/chat'] : ['/web'],
    rooms: ROOMS.slice(0, 1 + Math.floor(random() * 3)),
    roomsMore: 0,
    address: [
      pick(random, [10, 84, 91, 203]),
      pick(random, [0, 12, 140]),
      Math.floor(random() * 255),
      index % 255,
    ].join('.'),
    client: pick(random, CLIENTS),
    connections: random() < 0.2 ? 2 : 1,
    onlineAt: ago(60 + Math.floor(random() * 30_000)),
    idleSince: idle ? ago(300 + Math.floor(random() * 1500)) : null,
    hits: random() < 0.2 ? Math.ceil(random() * 34) : 0,
    gone: index === 8,
  };
}

export function room(index: number): RoomLine {
  const random = randomFrom(index * 131 + 3);
  const name = ROOMS[index] ?? `game-${1000 + index}`;
  return {
    namespace: index % 4 === 3 ? '/chat' : '/web',
    room: name,
    members: Math.max(1, Math.round(4100 / (index + 1))),
    perMinute: random() < 0.3 ? 0 : Math.round((random() * 900) / (index + 1)),
    posts: Math.round(random() * 90_000),
    gone: index === 6,
  };
}

export function member(index: number): RoomMemberLine {
  const { user: who, address, client, onlineAt } = person(index);
  return { user: who, connection: `c${index}`, socket: `s${index}`, address, client, onlineAt };
}

function episode(index: number): LimitEpisode {
  const random = randomFrom(index * 31 + 5);
  const event = pick(random, ['room:message', 'room:message', 'private:message', 'room:join']);
  return {
    id: index,
    user: user(Math.floor(random() * 6)),
    namespace: '/web',
    event,
    room: event === 'private:message' ? null : pick(random, ROOMS),
    address: `84.12.${Math.floor(random() * 255)}.7`,
    limit: 10,
    window: 60,
    dropped: Math.ceil(random() * 34),
    since: ago(index * 2 + 30),
    last: ago(index * 2),
    ended: false,
  };
}

export function traceRow(index: number): TraceRow {
  const random = randomFrom(index * 17 + 9);
  const { user: who, event, room: where } = episode(index);
  return {
    key: 1000 - index,
    at: ago(index * 0.7),
    node: `gw-${1 + (index % 3)}`,
    user: who,
    socket: `s${index}`,
    namespace: '/web',
    event,
    room: where,
    payload: JSON.stringify({ roomId: where, message: pick(random, ['hello', 'is anybody there?', '大家好']) }),
    durationUs: Math.round(40 + random() * 2400),
    code: index % 9 === 4 ? 'not_member' : null,
  };
}

export function policy(): PolicyTable {
  const events = ['invalid', 'ping', 'private:message', 'room:join', 'room:leave', 'room:message', 'test:error'];
  const entries = ['/admin', '/web'].flatMap((namespace) =>
    events.map((event) => ({
      namespace,
      event,
      limit: event === 'ping' ? 600 : event === 'invalid' ? 100 : 10,
      source: event === 'room:message' ? ('operator' as const) : ('builtIn' as const),
    })),
  );
  return { enabled: true, window: 60, entries };
}

export function limitRow(index: number): LimitRow {
  return {
    key: 1000 - index,
    at: ago(index * 1.7),
    node: `gw-${1 + (index % 3)}`,
    episode: { ...episode(index), ended: index % 5 === 3 },
    fresh: index % 5 === 3 ? 0 : 1 + (index % 4),
  };
}

export function connections(): PersonConnection[] {
  return ['/web', '/chat'].map((namespace, index) => ({
    id: `c${index}`,
    user: user(3),
    operator: false,
    node: `gw-${2 - index}`,
    transport: 'websocket',
    address: '84.12.91.7',
    client: 'Chrome · Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
    namespaces: [{ namespace, socket: `s${index}`, rooms: ['lobby', 'team-a'] }],
    onlineAt: ago(4300 - index * 3760),
    lastActivity: ago(3),
    idle: false,
  }));
}

export function notification(index: number): Notification {
  return {
    id: 100 - index,
    at: ago(index * 800 + 40),
    target: index % 2 ? { room: { namespace: '/web', room: 'lobby' } } : 'all',
    type: index % 2 ? 'info' : 'warning',
    title: index % 2 ? 'Welcome to the lobby' : 'Maintenance at 22:00',
    message: 'The service restarts at 22:00 UTC; you will be reconnected by itself.',
    by: 'ann',
    targets: 12_847,
    delivered: 12_790,
    queued: 57,
  };
}

export function notable(): Notable[] {
  return [
    { key: 5, at: ago(30), what: { is: 'limit', episode: episode(2) } },
    {
      key: 4,
      at: ago(120),
      what: { is: 'kicked', by: 'ann', reason: 'spam', users: 3, sample: [user(3), user(4), user(5)] },
    },
    { key: 3, at: ago(360), what: { is: 'notified', notification: notification(0) } },
    { key: 2, at: ago(900), what: { is: 'linkBack', recovery: 'resumed' } },
    { key: 1, at: ago(1500), what: { is: 'online', user: user(2) } },
    { key: 0, at: ago(1510), what: { is: 'roomJoined', user: user(9), room: '大厅' } },
  ];
}

export function overview(): OverviewUpdate {
  const random = randomFrom(7);
  const start = Math.floor(Date.now() / 60_000) * 60_000 - 59 * 60_000;
  let online = 12_200;
  let messages = 92_000;
  const history = Array.from({ length: 60 }, (_, index) => {
    online += (random() - 0.45) * 160;
    messages += (random() - 0.5) * 9000 + (100_000 - messages) * 0.1;
    return {
      start: start + index * 60_000,
      onlineUsers: Math.round(online),
      connections: Math.round(online * 1.24),
      connects: Math.round(random() * 300),
      disconnects: Math.round(random() * 280),
      activeUsers: Math.round(online * 0.7),
      messagesIn: Math.round(messages),
      messagesOut: Math.round(messages * 52),
      limitHits: Math.round(random() * 30),
      errors: random() < 0.1 ? 1 : 0,
    };
  });
  return {
    at: ago(0),
    onlineUsers: TOTAL,
    onlineUsersBefore: TOTAL - 312,
    connections: 15_902,
    messagesIn: 1842.3,
    messagesOut: 96_400,
    limitHits: 27,
    limitHitsBefore: 4,
    errors: 0,
    errorsHour: 3,
    handlingP99Us: 4100,
    nodes: [1, 2, 3].map((index) => ({
      id: `gw-${index}`,
      version: '0.1.0',
      startedAt: ago(86_400 * index),
      cpu: 25 + index * 3,
      memory: 41 + index * 12,
      rss: 3.1 * 1024 ** 3,
      connections: 5290 + index * 11,
    })),
    history,
    load: [1, 2, 3].map((index) => ({
      node: `gw-${index}`,
      minutes: history.map((minute, at) => ({
        start: minute.start,
        cpu: 22 + index * 3 + random() * 9,
        memory: 40 + index * 12 + at / 30,
      })),
    })),
    loudAlerts: 2,
    quietAlerts: 1,
    alerts: [
      {
        id: 1,
        kind: 'error',
        level: 'high',
        message: 'Payment worker cannot reach the ledger',
        data: null,
        since: ago(300),
        node: 'gw-1',
      },
      {
        id: 2,
        kind: 'warning',
        level: 'medium',
        message: 'Queue is growing',
        data: null,
        since: ago(1900),
        node: 'gw-3',
      },
    ],
    notable: notable(),
  };
}

const LINKS: Record<string, LinkState> = {
  live: { state: 'live', rttMs: 12 },
  loading: { state: 'loading', received: 12_300, since: null },
  waiting: { state: 'waiting', since: ago(14), retryAt: ago(-8), attempt: 3, reason: { is: 'linkBroke' } },
  unreached: {
    state: 'waiting',
    since: ago(14),
    retryAt: ago(-8),
    attempt: 3,
    reason: { is: 'nothingAnswers', address: 'https://eu.example.com', error: 'connection refused (os error 111)' },
  },
  signedOut: { state: 'signedOut', reason: null, since: null },
  refused: { state: 'signedOut', reason: { is: 'accountDisabled' }, since: null },
  ended: { state: 'signedOut', reason: { is: 'tokenRefused' }, since: ago(140) },
  connecting: { state: 'connecting' },
  closed: { state: 'closed' },
  welcome: { state: 'closed' },
  fresh: { state: 'closed' },
};

export function status(scene: string, preferences: Preferences): Status {
  const link = LINKS[scene] ?? LINKS['live'] ?? { state: 'closed' };
  const known = ['live', 'waiting', 'ended', 'loading'].includes(scene);
  const main: Gateway = {
    profile: 'p1',
    name: 'eu-prod',
    url: 'https://rt.example.com',
    colour: '#d2561f',
    production: true,
    safe: false,
    authority: null,
    local: false,
    link,
    operator: known ? { name: 'ann', role: 'operator' } : null,
    figures: known
      ? {
          onlineUsers: TOTAL,
          connections: 15_902,
          rooms: 318,
          limitHits: 27,
          alerts: 2,
          nodes: 3,
          seq: 48_210_332,
          dropped: 0,
          beyond: 0,
        }
      : null,
    clockAheadMs: 0,
  };
  const local: Gateway = {
    ...main,
    profile: 'p2',
    name: '',
    url: 'http://127.0.0.1:3000',
    colour: '#2a7d6d',
    production: false,
    local: true,
    link: { state: 'closed' },
    operator: null,
    figures: null,
  };
  return {
    gateways: scene === 'fresh' ? [] : [main, local],
    local:
      scene === 'live'
        ? { state: 'running', address: '127.0.0.1:3000', pid: 4711, adopted: true }
        : { state: 'stopped', reason: null },
    localFolder: '/home/ann/.local/share/dev.signalbox.console/gateway',
    preferences,
    keychain:
      scene === 'refused' || scene === 'welcome'
        ? {
            state: 'missing',
            reason: { is: 'keychainMissing', error: 'no Secret Service answers on the session bus' },
          }
        : { state: 'ready' },
  };
}
