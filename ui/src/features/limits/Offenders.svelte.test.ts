import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { LimitedEvent, LimitRow, Offender, User } from '../../generated';
import Offenders from './Offenders.svelte';

const BOB: User = { id: 7, username: 'bob' };
const EVE: User = { id: 8, username: 'eve' };

/** The list with one offender, and what was asked for. */
function shown(off: string | null) {
  const asked = { onDisconnect: vi.fn(), onBan: vi.fn(), onFilter: vi.fn(), onLimit: vi.fn() };
  const nothing = () => undefined;
  const others = { onPerson: nothing, onTrace: nothing, onForget: nothing };
  const offenders: Offender[] = [{ user: BOB, hits: 3 }];
  const state = {
    offenders,
    since: null as string | null,
    events: [] as LimitedEvent[],
    chosen: null as LimitRow | null,
    off,
  };
  const props = $state({ ...state, ...asked, ...others });
  const component = mount(Offenders, { target: document.body, props });
  flushSync();
  const press = (id: string) => document.querySelector<HTMLButtonElement>(`[data-testid="${id}"]`)?.click();
  return { asked, props, press, close: () => void unmount(component) };
}

it('an offender can be disconnected or banned from the list', () => {
  const { asked, press, close } = shown(null);
  press('disconnect-offender');
  press('ban-offender');
  expect([asked.onDisconnect.mock.calls, asked.onBan.mock.calls]).toEqual([[[BOB]], [[BOB]]]);
  close();
});

it('nobody is touched where one may not act', () => {
  const { asked, press, close } = shown('not now');
  press('disconnect-offender');
  press('ban-offender');
  expect(asked.onDisconnect.mock.calls.length + asked.onBan.mock.calls.length).toBe(0);
  close();
});

it('an offender stays under the pointer, whoever else comes', () => {
  const { asked, props, press, close } = shown(null);
  document
    .querySelector('[data-testid="offender"]')
    ?.dispatchEvent(new MouseEvent('pointermove', { bubbles: true, movementX: 1 }));
  props.offenders = [{ user: EVE, hits: 9 }];
  flushSync();
  press('ban-offender');
  expect(asked.onBan.mock.calls).toEqual([[BOB]]);
  close();
});

it('that there is nobody is said of the time that was watched', () => {
  const { props, close } = shown(null);
  props.offenders = [];
  const said = (since: string | null) => {
    props.since = since;
    flushSync();
    return document.querySelector('[data-testid="no-offenders"]')?.textContent;
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  expect(said(null)).not.toContain('Nobody');
  expect(said(ago(1))).toMatch(/^Nobody since .*\d:\d\d/);
  expect(said(ago(11))).toBe('Nobody in the last 10 minutes.');
  close();
});

it('narrows the tail to one user or one event, and leads to the limit', () => {
  const { asked, props, press, close } = shown(null);
  const episode = {
    id: 1,
    user: { id: 'a b', username: 'bob' },
    namespace: '/web',
    event: 'message',
    room: null,
    address: '',
    limit: 10,
    window: 60,
    dropped: 3,
    since: '2026-03-01T12:00:00.000Z',
    last: '2026-03-01T12:00:00.000Z',
    ended: false,
  };
  props.chosen = { key: 1, at: episode.since, node: 'gw-1', episode, fresh: 3 };
  props.events = [{ namespace: '/web', event: 'invalid', hits: 3 }];
  flushSync();
  press('only-user');
  press('show-limit');
  press('offenders-events');
  flushSync();
  const event = document.querySelector('[data-testid="limited-event"]');
  expect(event?.textContent).toContain('invalid or unknown events');
  press('limited-event');
  expect(asked.onFilter.mock.calls).toEqual([['user:"a b"'], ['event:invalid ns:/web']]);
  expect(asked.onLimit.mock.calls).toEqual([[episode]]);
  close();
});
