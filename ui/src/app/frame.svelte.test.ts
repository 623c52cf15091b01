import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import EndDialog from '../features/gateway/EndDialog.svelte';
import type { Gateway, LinkState, Preferences, Preview, Status } from '../generated';
import { useHost } from '../host';
import type { Answer, CallName, Host } from '../host';
import { frameCommands } from './commands';
import { Frame } from './frame.svelte';
import { linkLook } from './link';

const CLOSED: LinkState = { state: 'closed' };
const CONNECTING: LinkState = { state: 'connecting' };
const SIGNED_OUT: LinkState = { state: 'signedOut', reason: null, since: null };

function gateway(profile: string, link: LinkState): Gateway {
  return {
    profile,
    name: profile,
    url: 'https://rt.example.com',
    colour: '#d2561f',
    production: false,
    safe: false,
    authority: null,
    local: profile === 'local',
    link,
    operator: null,
    figures: null,
    clockAheadMs: 0,
  };
}

const PREFERENCES: Preferences = {
  theme: 'system',
  language: 'en',
  notifications: true,
  rules: {
    gateways: true,
    warnings: 'low',
    errors: 'low',
    anomalies: 'low',
    quiet: { on: false, from: '22:00', until: '07:00' },
    sound: false,
  },
  zoom: 100,
  onClose: 'ask',
  startAtLogin: false,
  local: { port: 3000, folder: null, startWithConsole: false, leaveRunning: false },
  tables: { people: { hidden: [], sort: 'name', direction: 'ascending' } },
};

/** The gateway that the window is about once it has resumed, and what was called meanwhile. */
function resumed(
  gateways: Gateway[],
  carryOut: (args: unknown) => Promise<unknown> = () => Promise.resolve(null),
  otherwise: Partial<Status> = {},
) {
  const status: Status = {
    gateways,
    local: { state: 'stopped', reason: null },
    localFolder: '/data/gateway',
    preferences: PREFERENCES,
    keychain: { state: 'ready' },
    ...otherwise,
  };
  const called: CallName[] = [];
  const host: Host = {
    call: <K extends CallName>(name: K, args: unknown): Promise<Answer<K>> => {
      called.push(name);
      return carryOut(args) as Promise<Answer<K>>;
    },
    openView: (query, listener) => {
      if (query.view !== 'status') return { change: () => undefined, close: () => undefined };
      (listener as { update: (update: unknown) => void }).update({ view: 'status', ...status });
      return { change: () => undefined, close: () => undefined };
    },
  };
  useHost(host);
  const frame = new Frame();
  frame.resume(status);
  flushSync();
  return { frame, called };
}

beforeEach(() => localStorage.clear());

describe('choosing a gateway', () => {
  it('opens its link where it is closed, and signs in to that of this machine, which asks nobody', () => {
    const links = [
      gateway('local', SIGNED_OUT),
      gateway('a', SIGNED_OUT),
      gateway('b', CLOSED),
      gateway('c', CONNECTING),
    ];
    const opens = (profile: string) => {
      const { frame, called } = resumed(links);
      frame.choose(profile);
      return called.includes('open');
    };
    expect(['local', 'a', 'b', 'c'].filter(opens)).toEqual(['local', 'b']);
  });

  it('opens a link that was closed a moment ago, of which the status does not know yet', async () => {
    const { frame, called } = resumed([gateway('c', CONNECTING)]);
    await frame.close('c');
    frame.choose('c');
    frame.choose('c');
    expect(called).toEqual(['close', 'open']);
  });
});

describe('the window at its start', () => {
  it('is about the gateway whose link was opened again, and asks for nothing', () => {
    const { frame, called } = resumed([gateway('local', CLOSED), gateway('a', SIGNED_OUT), gateway('b', CONNECTING)]);
    expect(frame.gateway?.profile).toBe('b');
    expect(called).toEqual([]);
  });

  it('is about the one that was looked at last, as long as its link was open', () => {
    const links = [gateway('a', CONNECTING), gateway('b', SIGNED_OUT), gateway('c', CONNECTING)];
    for (const profile of ['c', 'b']) {
      resumed(links).frame.choose(profile);
      expect(resumed(links).frame.gateway?.profile).toBe(profile);
    }
    expect(resumed([gateway('a', CONNECTING), gateway('b', CLOSED)]).frame.gateway?.profile).toBe('a');
  });

  it('is about one that asks who one is, where there is no other', () => {
    expect(resumed([gateway('a', CLOSED), gateway('b', SIGNED_OUT)]).frame.gateway?.profile).toBe('b');
  });

  it('waits for the gateway of this machine where that is on its way', () => {
    const status = { local: { state: 'starting' } } as const;
    const { frame } = resumed([gateway('local', CLOSED)], undefined, status);
    expect(frame.gateway).toBeNull();
    const started = (link: LinkState) => ({ ...frame.status, gateways: [gateway('local', link)], ...status }) as Status;
    expect(frame.resume(started(CLOSED))).toBe(false);
    expect(frame.resume(started(CONNECTING))).toBe(true);
    expect(frame.gateway?.profile).toBe('local');
    // It was looked at last: no other takes its place.
    frame.choose('local');
    const both = [gateway('local', CLOSED), gateway('a', CONNECTING)];
    expect(resumed(both, undefined, status).frame.gateway).toBeNull();
    expect(resumed(both).frame.gateway?.profile).toBe('a');
  });

  it('shows the ways in where no link was open', () => {
    expect(resumed([gateway('local', CLOSED), gateway('a', CLOSED)]).frame.gateway).toBeNull();
  });
});

describe('what a page is asked to show', () => {
  it('is of the gateway that it was seen on, and asked for until it was told', () => {
    const { frame } = resumed([gateway('a', CONNECTING), gateway('b', CONNECTING)]);
    const ask = { users: [7] };
    frame.go('notify', ask);
    frame.choose('a');
    expect(frame.ask).toBe(ask);
    frame.choose('b');
    expect(frame.ask).toEqual({});
    frame.go('notify', ask);
    frame.told();
    expect([frame.page, frame.ask]).toEqual(['notify', {}]);
  });
});

describe('what the desktop asks for', () => {
  it('is carried out once, and leads to the gateway that it is about', () => {
    const { frame } = resumed([gateway('a', CONNECTING), gateway('b', CONNECTING)]);
    const asked = { number: 1, wish: { is: 'show', profile: 'b', subject: 'alerts' } } as const;
    frame.open('settings');
    frame.obey(asked);
    expect([frame.gateway?.profile, frame.page, frame.side]).toEqual(['b', 'alerts', null]);
    frame.choose('a');
    frame.obey(asked);
    expect(frame.gateway?.profile).toBe('a');
  });

  it('is nothing where the gateway was removed meanwhile', () => {
    const { frame } = resumed([gateway('a', CONNECTING)]);
    frame.obey({ number: 1, wish: { is: 'show', profile: 'gone', subject: 'gateway' } });
    expect(frame.gateway?.profile).toBe('a');
  });

  it('is the question how to close, the settings, or the gateway of this machine', () => {
    const { frame } = resumed([gateway('a', CONNECTING)]);
    frame.obey({ number: 1, wish: { is: 'askHowToClose' } });
    expect(frame.above).toBe('leave');
    frame.obey({ number: 2, wish: { is: 'settings' } });
    expect([frame.above, frame.side]).toEqual([null, 'settings']);
    frame.obey({ number: 3, wish: { is: 'show', profile: 'local', subject: 'localGateway' } });
    expect(frame.side).toBe('localGateway');
  });
});

describe('the question how to close', () => {
  /** What the core was told, once the window was asked and that has happened. */
  function told(happens: (frame: Frame) => void) {
    const left: unknown[] = [];
    const { frame } = resumed([gateway('a', CONNECTING)], (args) => {
      left.push(args);
      return Promise.resolve(null);
    });
    frame.obey({ number: 1, wish: { is: 'askHowToClose' } });
    happens(frame);
    return { frame, left };
  }

  it.each([
    ['the settings', (frame: Frame) => frame.obey({ number: 2, wish: { is: 'settings' } })],
    ['an alert', (frame: Frame) => frame.obey({ number: 2, wish: { is: 'show', profile: 'a', subject: 'alerts' } })],
    ['the palette', (frame: Frame) => (frame.above = 'palette')],
    ['nothing', (frame: Frame) => (frame.above = null)],
  ])('is answered where %s takes its place', (_, happens) => {
    expect(told(happens).left).toEqual([{ how: 'stay', remember: false }]);
  });

  it('waits for its answer where it is asked again, and has one', () => {
    const { frame, left } = told((asked) => asked.obey({ number: 2, wish: { is: 'askHowToClose' } }));
    expect([frame.above, left]).toEqual(['leave', []]);
    void frame.answer('hide', true);
    expect([frame.above, left]).toEqual([null, [{ how: 'hide', remember: true }]]);
  });
});

describe('stopping the gateway of this machine', () => {
  it('is no command where that is in safe mode', () => {
    const local = { state: 'running', address: '127.0.0.1:3000', pid: 7, adopted: false } as const;
    const offered = (safe: boolean) => {
      const { frame } = resumed([{ ...gateway('local', CONNECTING), safe }], undefined, { local });
      return frameCommands(frame, false).some(({ id }) => id === 'stop-local');
    };
    expect([offered(false), offered(true)]).toEqual([true, false]);
  });
});

describe('quitting with people on a gateway that ends with the console', () => {
  const NOBODY: Preview = { users: 0, sockets: 0, nodes: 0, sample: [], fingerprint: 'f' };
  const TWO: Preview = { users: 2, sockets: 3, nodes: 1, sample: [{ id: 7, username: 'bob' }], fingerprint: 'f' };
  const LIVE: LinkState = { state: 'live', rttMs: 1 };
  const RUNNING: Partial<Status> = { local: { state: 'running', address: '127.0.0.1:3000', pid: 7, adopted: false } };
  const NO_KEYCHAIN: Partial<Status> = { keychain: { state: 'missing', reason: { is: 'said', text: 'no D-Bus' } } };
  const LEFT: Partial<Status> = {
    preferences: { ...PREFERENCES, local: { ...PREFERENCES.local, leaveRunning: true } },
  };

  let dialog: Record<string, unknown> | undefined;
  afterEach(async () => {
    if (dialog) await unmount(dialog);
    dialog = undefined;
  });
  const find = (id: string) => document.querySelector<HTMLButtonElement>(`[data-testid=${id}]`);
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    flushSync();
  };

  /** How the console has left, each time that it was asked to. */
  function running(preview: Preview, otherwise: Partial<Status> = {}) {
    const left: unknown[] = [];
    const answer = (args: unknown) => {
      if (!('how' in (args as object))) return Promise.resolve(preview);
      left.push(args);
      return Promise.resolve(null);
    };
    const { frame } = resumed([gateway('local', LIVE)], answer, { ...RUNNING, ...otherwise });
    dialog = mount(EndDialog, { target: document.body, props: { ending: frame.ending } });
    return { frame, left };
  }

  it.each([
    ['dialog-confirm', 'quit'],
    ['dialog-leave', 'quitAlone'],
  ])('names them, and %s comes to %s', async (button, how) => {
    const { frame, left } = running(TWO);
    void frame.leave('quit', true);
    await settled();
    expect(find('end-dialog')?.textContent).toMatch(/Users\s*2.*Sockets\s*3.*bob/s);
    expect(left).toEqual([]);
    find(button)?.click();
    await settled();
    expect(left).toEqual([{ how, remember: true }]);
  });

  it('is asked about where the desktop wants it too, and one may think better of it', async () => {
    const { frame, left } = running(TWO);
    frame.obey({ number: 1, wish: { is: 'askBeforeQuitting' } });
    await settled();
    expect(find('end-dialog')).not.toBeNull();
    frame.ending.cancel();
    await settled();
    expect(left).toEqual([{ how: 'stay', remember: false }]);
  });

  it('offers to leave it running only where a keychain keeps its secret', async () => {
    const { frame } = running(TWO, { ...NO_KEYCHAIN, ...LEFT });
    void frame.leave('quit');
    await settled();
    expect([find('end-dialog'), find('dialog-leave')]).toEqual([expect.anything(), null]);
  });

  it.each([
    ['nobody is there', NOBODY, {}],
    ['it is left running', TWO, LEFT],
    ['it does not run', TWO, { local: { state: 'stopped', reason: null } }],
  ] as const)('is no question where %s', async (_, preview, otherwise) => {
    const { frame, left } = running(preview, otherwise);
    await frame.leave('quit');
    expect(left).toEqual([{ how: 'quit', remember: false }]);
  });

  it('is none where only the window goes', async () => {
    const { frame, left } = running(TWO);
    await frame.leave('hide', true);
    expect(left).toEqual([{ how: 'hide', remember: true }]);
  });
});

describe('a link that is waited for', () => {
  const waiting: LinkState = {
    state: 'waiting',
    since: '',
    retryAt: '',
    attempt: 1,
    reason: { is: 'said', text: 'refused' },
  };
  const figures = {
    onlineUsers: 0,
    connections: 0,
    rooms: 0,
    limitHits: 0,
    alerts: 0,
    nodes: 1,
    seq: 1,
    dropped: 0,
    beyond: 0,
  };

  it('is lost where there was data, and otherwise was never there', () => {
    expect(linkLook({ link: waiting, figures }).word).toBe('Connection lost');
    expect(linkLook({ link: waiting, figures: null }).word).toBe('Not reached yet');
  });
});

describe('preferences', () => {
  it('chosen one right after the other are all saved, and shown at once', async () => {
    const saved: unknown[] = [];
    const { frame } = resumed([], (args) => {
      saved.push(args);
      return Promise.resolve(null);
    });
    await Promise.all([frame.savePreferences({ theme: 'dark' }), frame.savePreferences({ onClose: 'quit' })]);
    expect(saved).toEqual([
      { ...PREFERENCES, theme: 'dark' },
      { ...PREFERENCES, theme: 'dark', onClose: 'quit' },
    ]);
    expect(frame.status?.preferences).toMatchObject({ theme: 'dark', onClose: 'quit' });
  });

  it('are saved one after the other, so that none is undone by an older one', async () => {
    const sent: { wanted: unknown; done: () => void }[] = [];
    const { frame } = resumed([], (wanted) => new Promise((done) => sent.push({ wanted, done: () => done(null) })));
    const both = [frame.savePreferences({ startAtLogin: true }), frame.savePreferences({ theme: 'dark' })];
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await Promise.resolve();
    expect(sent).toHaveLength(1);
    sent[0]?.done();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    sent[1]?.done();
    await Promise.all(both);
    expect(sent.map(({ wanted }) => wanted)).toMatchObject([
      { theme: 'system' },
      { startAtLogin: true, theme: 'dark' },
    ]);
  });

  it('keep how each table is looked at', async () => {
    const saved: unknown[] = [];
    const { frame } = resumed([], (args) => {
      saved.push(args);
      return Promise.resolve(null);
    });
    const people = { hidden: ['client' as const], sort: 'hits' as const, direction: 'descending' as const };
    frame.saveTables({ people });
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    expect(saved).toEqual([{ ...PREFERENCES, tables: { people } }]);
    expect(frame.status?.preferences.tables.people).toEqual(people);
  });

  it('that cannot be saved are shown as they were', async () => {
    const { frame } = resumed([], () => Promise.reject(new Error('the disk is full')));
    const saving = frame.savePreferences({ theme: 'dark' });
    expect(frame.status?.preferences.theme).toBe('dark');
    await saving;
    expect(frame.status?.preferences.theme).toBe('system');
  });
});
