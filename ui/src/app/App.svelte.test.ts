import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SampleHost } from '../../gallery/host';
import { ago, PREFERENCES, status } from '../../gallery/sample';
import type { LinkState, Status } from '../generated';
import { useHost } from '../host';
import App from './App.svelte';

// There is nothing to draw on.
vi.mock('../kit/chart/Chart.svelte', () => ({ default: () => undefined }));

let window: Record<string, unknown>;
let say: (told: Status) => void;

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(120);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1400);
  // The document of the tests knows no popovers.
  HTMLElement.prototype.togglePopover = () => false;
});
afterEach(async () => {
  await unmount(window);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function after(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  flushSync();
}

/** The window over the sample, in a scene; `say` tells it another status. */
async function opened(scene: string) {
  const sample = new SampleHost(scene, PREFERENCES, null);
  useHost({
    call: (name, args) => sample.call(name, args),
    openView: (query, listener) => {
      if (query.view === 'status') say = (told) => listener.update({ view: 'status', ...told } as never);
      return sample.openView(query, listener);
    },
  });
  window = mount(App, { target: document.body });
  await after(1000);
}

function told(link: LinkState): Status {
  const { gateways, ...rest } = status('live', PREFERENCES);
  return { ...rest, gateways: gateways.map((gateway, at) => (at === 0 ? { ...gateway, link } : gateway)) };
}

async function press(selector: string) {
  document.querySelector<HTMLElement>(selector)?.click();
  await after(1000);
}

describe('what a page is asked to show', () => {
  it('is shown once, and not again to whoever comes back to it', async () => {
    await opened('live');
    await press('[data-testid=notable] button');
    expect(document.querySelector('[data-testid=inspector]')).not.toBeNull();
    await press('[data-testid=inspector] .head > button');
    expect(document.querySelector('[data-testid=inspector]')).toBeNull();
    await press('[data-testid=preferences]');
    await press('[data-testid=settings-back]');
    expect(document.querySelector('[data-testid=people-row]')).not.toBeNull();
    expect(document.querySelector('[data-testid=inspector]')).toBeNull();
  });
});

/** What a screen reader says by itself whenever it changes. */
const announced = () =>
  [...document.querySelectorAll('[role=status], [role=alert], [aria-live]')].map(({ textContent }) => textContent);

describe('what is announced', () => {
  it.each(['live', 'waiting', 'unreached'])('rests while only time passes, in the scene %s', async (scene) => {
    await opened(scene);
    const before = announced();
    await after(10_000);
    expect(announced()).toEqual(before);
  });

  it('is how the link is: no round trip, and no attempt after another to get it back', async () => {
    await opened('live');
    const said: (string | null | undefined)[] = [];
    const waiting = {
      state: 'waiting',
      since: ago(5),
      retryAt: ago(-5),
      reason: { is: 'said', text: 'refused' },
    } as const;
    const links: LinkState[] = [
      { state: 'live', rttMs: 4 },
      { state: 'live', rttMs: 9 },
      { ...waiting, attempt: 1 },
      { state: 'connecting' },
      { ...waiting, attempt: 2 },
      { state: 'live', rttMs: 5 },
    ];
    for (const link of links) {
      say(told(link));
      await after(100);
      said.push(document.querySelector('[data-testid=link-said]')?.textContent);
      expect(document.querySelector('main [role=alert]')).toBeNull();
    }
    expect(said).toEqual([
      ...Array<string>(2).fill('Connected'),
      ...Array<string>(3).fill('Connection lost'),
      'Connected',
    ]);
  });
});
