import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import Act from './Act.svelte';
import { commands } from './commands.svelte';

let act: Record<string, unknown> | undefined;
afterEach(async () => {
  if (act) await unmount(act);
  act = undefined;
});

function shown() {
  const run = vi.fn();
  const props = $state({ id: 'lift', text: 'Lift', keys: 'i l', disabled: false, busy: false, run });
  act = mount(Act, { target: document.body, props });
  flushSync();
  return { run, props };
}

it('does by the palette what it does when it is pressed', () => {
  const { run } = shown();
  document.querySelector<HTMLButtonElement>('[data-testid="lift"]')?.click();
  const [offered] = commands.all;
  expect(offered).toMatchObject({ id: 'lift', label: 'Lift', keys: 'i l' });
  offered?.run();
  expect(run).toHaveBeenCalledTimes(2);
});

it('is not offered while it cannot be pressed, nor when it is gone', async () => {
  const { props } = shown();
  for (const why of ['disabled', 'busy'] as const) {
    props[why] = true;
    flushSync();
    expect(commands.all, why).toEqual([]);
    props[why] = false;
    flushSync();
    expect(commands.all).toHaveLength(1);
  }
  if (act) await unmount(act);
  act = undefined;
  expect(commands.all).toEqual([]);
});
