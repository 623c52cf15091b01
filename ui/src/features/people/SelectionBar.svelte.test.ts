import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';

import { usersMatching } from './deeds.svelte';
import SelectionBar from './SelectionBar.svelte';

let bar: Record<string, unknown> | undefined;
afterEach(async () => {
  if (bar) await unmount(bar);
  bar = undefined;
});

it.each([
  ['users', 200, 'Notify 200', 'Disconnect 200…'],
  ['connections', 300, 'Notify…', 'Disconnect 300…'],
] as const)(
  'of all %s that match it says no number of users that it does not know',
  (kind, rows, notify, disconnect) => {
    const nothing = () => undefined;
    const props = {
      everything: true,
      matching: rows,
      off: null,
      onDeed: nothing,
      onEverything: nothing,
      onClear: nothing,
    };
    bar = mount(SelectionBar, { target: document.body, props: { ...props, rows, users: usersMatching(kind, rows) } });
    flushSync();
    const text = (id: string) => document.querySelector(`[data-testid="${id}"]`)?.textContent.trim();
    expect([text('notify-selected'), text('disconnect-selected')]).toEqual([notify, disconnect]);
    expect(usersMatching(kind, 0), 'nobody is nobody').toBe(0);
  },
);
