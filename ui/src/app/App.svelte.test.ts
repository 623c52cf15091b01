import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SampleHost } from '../../gallery/host';
import { ago, PREFERENCES, status } from '../../gallery/sample';
import type { LinkState, Status } from '../generated';
import { useHost } from '../host';
import { commands } from '../kit/commands.svelte';
import App from './App.svelte';
import { pages } from './pages';

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

/** As many gateways, all of one name. */
function manyGateways(count: number): Status {
  const { gateways, ...rest } = status('live', PREFERENCES);
  const [first] = gateways;
  if (!first) throw new Error('the sample has no gateway');
  const named = (at: number) => ({ ...first, profile: at === 0 ? first.profile : `again-${at}`, name: 'prod' });
  return { ...rest, gateways: Array.from({ length: count }, (_, at) => named(at)) };
}

/** Presses keys one after the other, where nobody types. */
async function hit(...keys: string[]) {
  for (const key of keys) {
    const event = { key, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', event));
    await after(50);
  }
  await after(1000);
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

describe('a session that ends', () => {
  const ended: LinkState = { state: 'signedOut', reason: { is: 'tokenRefused' }, since: ago(60) };
  const has = (id: string) => document.querySelector(`[data-testid=${id}]`) !== null;

  it('is begun again above the page, which keeps what is typed, and is asked for once', async () => {
    await opened('live');
    await hit('g', 'n');
    const typed = () => document.querySelector<HTMLInputElement>('[data-testid=notify-title]');
    const title = typed();
    if (title) title.value = 'Maintenance';
    title?.dispatchEvent(new Event('input', { bubbles: true }));
    say(told(ended));
    await after(1000);
    expect(has('sign-in-dialog')).toBe(true);
    expect(typed()).toBe(title);
    expect(typed()?.value).toBe('Maintenance');

    await press('[data-testid=sign-in-later]');
    say(told({ ...ended }));
    await after(1000);
    expect(has('sign-in-dialog')).toBe(false);
    await press('[data-testid=sign-in-again]');
    expect(has('sign-in-dialog')).toBe(true);
    say(told({ state: 'live', rttMs: 4 }));
    await after(1000);
    expect(has('sign-in-dialog')).toBe(false);
    say(told(ended));
    await after(1000);
    expect(has('sign-in-dialog')).toBe(true);
  });
});

describe('commands', () => {
  it('are listed with their keys where two of them are called the same', async () => {
    await opened('live');
    say(manyGateways(2));
    await press('[data-testid=notable] button');
    const traces = commands.all.filter(({ label }) => label === 'Trace');
    expect(traces.map(({ keys }) => keys)).toEqual(['g c', 'i t']);
    await hit('?');
    const lines = [...document.querySelectorAll('[data-testid=help] dt')].map(({ textContent }) => textContent);
    for (const label of ['Trace', 'prod']) expect(lines.filter((line) => line === label)).toHaveLength(2);
  });

  it.each(pages.flat().map(({ id, keys }) => [id, keys]))(
    'all have keys of their own on the page %s',
    async (_, keys) => {
      await opened('live');
      say(manyGateways(12));
      await hit(...keys.split(' '));
      const listed = commands.all.filter(({ unlisted }) => !unlisted);
      expect(listed.filter(({ keys }) => keys === undefined).map(({ label }) => label)).toEqual([]);
      const all = commands.all.map(({ keys }) => keys);
      expect(all.filter((keys, at) => all.indexOf(keys) !== at)).toEqual([]);
    },
  );
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
