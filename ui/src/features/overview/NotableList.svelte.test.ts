import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { Notable, User } from '../../generated';
import NotableList from './NotableList.svelte';

const BOB: User = { id: 7, username: 'bob' };
const EVE: User = { id: 8, username: 'eve' };
const online = (key: number, user: User): Notable => ({
  key,
  at: '2026-11-21T10:00:00.000Z',
  what: { is: 'online', user },
});

it('what one is about to press stays under the pointer, whatever else happens', () => {
  const onPerson = vi.fn();
  const props = $state({ notable: [online(0, BOB)], onPerson });
  const list = mount(NotableList, { target: document.body, props });
  flushSync();
  const lines = () => [...document.querySelectorAll<HTMLElement>('[data-testid="notable-line"]')];
  lines()[0]?.dispatchEvent(new MouseEvent('pointermove', { bubbles: true, movementX: 1 }));
  props.notable = [online(1, EVE), online(0, BOB)];
  flushSync();
  lines()[0]?.querySelector('button')?.click();
  expect(onPerson.mock.calls).toEqual([[BOB]]);
  document.querySelector('ol')?.dispatchEvent(new MouseEvent('pointerleave'));
  flushSync();
  expect(lines().map(({ textContent }) => /bob|eve/.exec(textContent)?.[0])).toEqual(['eve', 'bob']);
  void unmount(list);
});
