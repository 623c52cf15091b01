import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Gateway, LinkState, LocalGateway, Status } from '../generated';
import type { Frame } from './frame.svelte';
import Unreached from './Unreached.svelte';

let page: Record<string, unknown> | undefined;
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
});

/** What stands there for the gateway of this machine, and what starting it asks for. */
function shown(local: LocalGateway, link: LinkState = { state: 'closed' }) {
  const gateway = {
    profile: 'local',
    name: 'This machine',
    url: 'http://127.0.0.1:3000',
    local: true,
    link,
  } as Gateway;
  const startLocal = vi.fn(() => Promise.resolve(true));
  const frame = { startLocal } as unknown as Frame;
  page = mount(Unreached, { target: document.body, props: { frame, gateway, status: { local } as Status } });
  flushSync();
  return { startLocal, start: document.querySelector<HTMLButtonElement>('[data-testid=start-local]') };
}

describe('the gateway of this machine that does not run', () => {
  it.each<LinkState>([{ state: 'closed' }, { state: 'signedOut', reason: null, since: null }])(
    'can be started: $state',
    (link) => {
      const { start, startLocal } = shown({ state: 'stopped', reason: null }, link);
      expect(document.querySelector('input')).toBeNull();
      start?.click();
      expect(startLocal).toHaveBeenCalledOnce();
    },
  );

  it('says how it ended', () => {
    shown({ state: 'stopped', reason: { is: 'said', text: 'It ended with exit code 2.' } });
    expect(document.body.textContent).toContain('exit code 2');
  });

  it.each<LocalGateway>([{ state: 'starting' }, { state: 'missing', reason: { is: 'said', text: 'no program' } }])(
    'cannot be started: $state',
    (local) => {
      expect(shown(local).start).toBeNull();
    },
  );
});

describe('a sign-in that the keychain does not give', () => {
  it.each([
    [{ is: 'keychainRefused', error: 'locked' }, true],
    [{ is: 'keychainSilent', seconds: 60 }, true],
    [{ is: 'linkBroke' }, false],
  ] as const)('can be made anew: $0.is', (reason, offered) => {
    const moment = new Date(0).toISOString();
    const link: LinkState = { state: 'waiting', since: moment, retryAt: moment, attempt: 1, reason };
    const gateway = { profile: 'p', name: 'eu', url: 'http://eu', local: false, link } as Gateway;
    const signOut = vi.fn(() => Promise.resolve(true));
    const frame = { signOut } as unknown as Frame;
    const local = { state: 'stopped', reason: null };
    page = mount(Unreached, { target: document.body, props: { frame, gateway, status: { local } as Status } });
    flushSync();
    const button = document.querySelector<HTMLButtonElement>('[data-testid=sign-in-anew]');
    expect(button !== null).toBe(offered);
    button?.click();
    expect(signOut).toHaveBeenCalledTimes(offered ? 1 : 0);
  });
});
