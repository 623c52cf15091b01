import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { User } from '../../generated';
import Offenders from './Offenders.svelte';

const BOB: User = { id: 7, username: 'bob' };
const EVE: User = { id: 8, username: 'eve' };

/** The list with one offender, and what was asked for. */
function shown(off: string | null) {
  const asked = { onDisconnect: vi.fn(), onBan: vi.fn() };
  const nothing = () => undefined;
  const others = { onFilter: nothing, onPerson: nothing, onTrace: nothing, onForget: nothing };
  const props = $state({ offenders: [{ user: BOB, hits: 3 }], events: [], chosen: null, off, ...asked, ...others });
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
