import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import Alerts from './Alerts.svelte';

it.each([
  [0, 'Nothing is wrong'],
  [1, 'Nothing new; 1 is taken on or silenced'],
  [2, 'Nothing new; 2 are taken on or silenced'],
])('nothing is called well while %d alerts are open that nobody is to hear of', async (quiet, said) => {
  const onAlert = vi.fn();
  const component = mount(Alerts, { target: document.body, props: { alerts: [], loud: 0, quiet, onAlert } });
  flushSync();
  expect(document.body.textContent).toContain(said);
  document.querySelector<HTMLButtonElement>('[data-testid="quiet-alerts"]')?.click();
  expect(onAlert).toHaveBeenCalledTimes(quiet > 0 ? 1 : 0);
  await unmount(component);
});
