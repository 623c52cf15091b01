import { flushSync, mount, tick, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';

import type { RoomsUpdate } from '../generated';
import { useHost } from '../host';
import { REST_MS } from './finder.svelte';
import type { Frame } from './frame.svelte';
import Palette from './Palette.svelte';

it('lists rooms whose names look alike where they are joined', async () => {
  const rooms = [
    { namespace: '/a b', room: 'c' },
    { namespace: '/a', room: 'b c' },
  ].map((place) => ({ ...place, members: 1, perMinute: null, posts: null }));
  useHost({
    call: () => Promise.reject(new Error('nothing is called')),
    openView: (({ view }: { view: string }, { update }: { update: (update: RoomsUpdate) => void }) => {
      if (view === 'rooms') update({ total: 2, matching: 2, waiting: 0, start: 0, window: rooms } as RoomsUpdate);
      return { change: () => undefined, close: () => undefined };
    }) as never,
  });
  const go = vi.fn();
  const frame = { above: 'palette', go } as unknown as Frame;
  const palette = mount(Palette, { target: document.body, props: { frame, profile: 'p' } });
  flushSync();
  const input = document.querySelector<HTMLInputElement>('.palette-input');
  if (input) input.value = 'c';
  input?.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve, REST_MS + 10));
  const found = () => [...document.querySelectorAll<HTMLElement>('[data-testid="palette-room"]')];
  await vi.waitFor(() => expect(found()).toHaveLength(2));
  found()[1]?.click();
  await tick();
  expect(go.mock.calls).toEqual([['rooms', { room: { namespace: '/a', room: 'b c' } }]]);
  await unmount(palette);
});
