import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SampleHost } from '../../gallery/host';
import { PREFERENCES, status } from '../../gallery/sample';
import { useHost, type Host } from '../host';
import App from './App.svelte';
import { pages } from './pages';

// There is nothing to draw on.
vi.mock('../kit/chart/Chart.svelte', () => ({ default: () => undefined }));

/** Markup, a mark that turns the line around, and a bell. */
const ACTS = '<img data-acts>\u202Eexe\u0007';
const isRaw = (text: string) => text.includes('\u202E') || text.includes('\u0007');
/** Where a gateway repeats what somebody else wrote, and what a file of gateways calls them. */
const THEIRS = new Set(
  'name username room rooms namespace namespaces event reason title message by actor subject explanation address client node version socket payload id'.split(
    ' ',
  ),
);

function written<T>(value: T, name = ''): T {
  if (typeof value === 'string') return (THEIRS.has(name) ? ACTS + value : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => written(item, name)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written<unknown>(inner, key)])) as T;
}

/** An update with what strangers wrote in it; what the console says of its own gateway is not theirs. */
function repeated(told: object): never {
  const all = written(told);
  return ('local' in told ? { ...all, local: told.local } : all) as never;
}

/** A gateway whose every name was chosen by somebody who means harm. */
function hostile(scene: string): Host {
  const sample = new SampleHost(scene, PREFERENCES, null);
  return {
    call: async (name, args) => written(await sample.call(name, args)),
    openView: (query, listener) => sample.openView(query, { update: (told: never) => listener.update(repeated(told)) }),
  };
}

/** Whatever a person or a screen reader gets to know that does what it should only say. */
function acting(): string[] {
  const elements = [...document.body.querySelectorAll('*')];
  const read = ['title', 'aria-label', 'aria-description', 'placeholder', 'alt'];
  const told = elements.flatMap((element) => read.map((name) => element.getAttribute(name) ?? ''));
  const own = elements.flatMap(({ childNodes }) =>
    [...childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE),
  );
  const texts = own.map(({ textContent }) => textContent ?? '');
  const marked = elements.filter((element) => element.hasAttribute('data-acts')).map(({ outerHTML }) => outerHTML);
  return [...new Set([...marked, ...[...told, ...texts].filter(isRaw)])];
}

let page: Record<string, unknown> | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(120);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1400);
  // The document of the tests knows no popovers.
  HTMLElement.prototype.togglePopover = () => false;
});
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function settled() {
  await vi.advanceTimersByTimeAsync(1000);
  flushSync();
}

const press = (selector: string) => document.querySelector<HTMLElement>(selector)?.click();
const SHOWN = '<img data-acts>‹U+202E›exe␇';

describe('what strangers wrote is shown, and does nothing', () => {
  it.each(pages.flat().map(({ id, component }) => [id, component] as const))('on the page %s', async (_, component) => {
    useHost(hostile('live'));
    const now = status('live', PREFERENCES);
    const gateway = now.gateways[0];
    if (!gateway) throw new Error('the sample has no gateway');
    const nothing = () => undefined;
    const around = { status: now, onSave: () => Promise.resolve() };
    const props = { gateway, ask: {}, go: nothing, tables: PREFERENCES.tables, onTables: nothing, ...around };
    page = mount(component, { target: document.body, props });
    await settled();
    expect(document.body.textContent).toContain(SHOWN);
    expect(acting()).toEqual([]);

    press('[data-testid$=-row]');
    await settled();
    expect(acting()).toEqual([]);
  });

  it.each(['live', 'waiting', 'unreached', 'connecting', 'signedOut', 'welcome'])(
    'around the pages, in the scene %s',
    async (scene) => {
      localStorage.clear();
      useHost(hostile(scene));
      page = mount(App, { target: document.body });
      await settled();
      expect(document.body.textContent).toContain(SHOWN);
      expect(acting()).toEqual([]);

      for (const opened of ['gateways', 'preferences', 'edit-profile']) {
        press(`[data-testid=${opened}]`);
        await settled();
        expect(acting()).toEqual([]);
      }
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }));
      await settled();
      expect(acting()).toEqual([]);
    },
  );
});
