import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { Alert, Notable, NotableWhat, User } from '../../generated';
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
  const props = $state({ notable: [online(0, BOB)], onPerson, onAlert: () => undefined });
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

it.each<[NotableWhat, unknown]>([
  [{ is: 'kicked', by: null, reason: 'slow', users: 1, sample: [BOB] }, BOB],
  [{ is: 'kicked', by: null, reason: 'slow', users: 2, sample: [BOB, EVE] }, null],
  [{ is: 'kicked', by: 'ann', reason: 'spam', users: 1, sample: [] }, null],
  [{ is: 'alert', alert: { id: 3, kind: 'warning', message: 'Disk' } as Alert }, 3],
  [{ is: 'limit', episode: { user: EVE, event: 'ping', dropped: 1 } as never }, EVE],
  [{ is: 'linkBack', recovery: 'resumed' }, null],
])('a line leads to whom or what it is about: %j', (what, target) => {
  const led: unknown[] = [];
  const notable = [{ ...online(0, BOB), what }];
  const props = { notable, onPerson: (user: User) => led.push(user), onAlert: ({ id }: Alert) => led.push(id) };
  const list = mount(NotableList, { target: document.body, props });
  flushSync();
  document.querySelector<HTMLElement>('[data-testid="notable-line"] button')?.click();
  expect(led).toEqual(target === null ? [] : [target]);
  void unmount(list);
});
