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
  it.each<LinkState>([{ state: 'closed' }, { state: 'signedOut', reason: null }])('can be started: $state', (link) => {
    const { start, startLocal } = shown({ state: 'stopped', reason: null }, link);
    expect(document.querySelector('input')).toBeNull();
    start?.click();
    expect(startLocal).toHaveBeenCalledOnce();
  });

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
