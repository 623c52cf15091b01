import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { Gateway, LinkState, Status } from '../generated';
import { useHost } from '../host';
import type { Answer, CallName, Host } from '../host';
import { Frame } from './frame.svelte';
import { linkLook } from './link';

const CLOSED: LinkState = { state: 'closed' };
const CONNECTING: LinkState = { state: 'connecting' };
const SIGNED_OUT: LinkState = { state: 'signedOut', reason: null };

function gateway(profile: string, link: LinkState): Gateway {
  return {
    profile,
    name: profile,
    url: 'https://rt.example.com',
    colour: '#d2561f',
    production: false,
    local: profile === 'local',
    link,
    operator: null,
    figures: null,
  };
}

/** The gateway that the window is about once it has resumed, and what was called meanwhile. */
function resumed(gateways: Gateway[]) {
  const status: Status = {
    gateways,
    local: { state: 'stopped', reason: null },
    preferences: { theme: 'system', language: 'en', notifications: true },
    keychain: { state: 'ready' },
  };
  const called: CallName[] = [];
  const host: Host = {
    call: <K extends CallName>(name: K): Promise<Answer<K>> => {
      called.push(name);
      return Promise.resolve(null as Answer<K>);
    },
    openView: (_, listener) => {
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

describe('the window at its start', () => {
  it('is about the gateway whose link was opened again, and asks for nothing', () => {
    const { frame, called } = resumed([gateway('local', CLOSED), gateway('a', SIGNED_OUT), gateway('b', CONNECTING)]);
    expect(frame.gateway?.profile).toBe('b');
    expect(called).toEqual([]);
  });

  it('is about one that asks who one is, where there is no other', () => {
    expect(resumed([gateway('a', CLOSED), gateway('b', SIGNED_OUT)]).frame.gateway?.profile).toBe('b');
  });

  it('shows the ways in where no link was open', () => {
    expect(resumed([gateway('local', CLOSED), gateway('a', CLOSED)]).frame.gateway).toBeNull();
  });
});

describe('a link that is waited for', () => {
  const waiting: LinkState = { state: 'waiting', since: '', retryAt: '', attempt: 1, reason: 'refused' };
  const figures = {
    onlineUsers: 0,
    connections: 0,
    rooms: 0,
    limitHits: 0,
    alerts: 0,
    nodes: 1,
    seq: 1,
    dropped: 0,
  };

  it('is lost where there was data, and otherwise was never there', () => {
    expect(linkLook({ link: waiting, figures }).word).toBe('Connection lost');
    expect(linkLook({ link: waiting, figures: null }).word).toBe('Not reached yet');
  });
});
