import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway, LinkState, LocalGateway, Preview, Status } from '../../generated';
import { useHost } from '../../host';
import type { Answer, CallName } from '../../host';
import LocalButtons from './LocalButtons.svelte';
import { LocalRun } from './localRun.svelte';

const NOBODY: Preview = { users: 0, sockets: 0, nodes: 0, sample: [], fingerprint: 'f' };
const TWO: Preview = { users: 2, sockets: 3, nodes: 1, sample: [{ id: 7, username: 'bob' }], fingerprint: 'f' };
const LIVE: LinkState = { state: 'live', rttMs: 1 };
const RUNNING: LocalGateway = { state: 'running', address: '127.0.0.1:3000', pid: 7, adopted: false };

interface Around {
  preview?: Preview | Error;
  link?: LinkState;
  local?: LocalGateway;
  production?: boolean;
  safe?: boolean;
}

let page: Record<string, unknown> | undefined;
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
});

/** The buttons of a gateway on this machine that is so, and what was asked of the core. */
function shown({ preview = TWO, link = LIVE, local = RUNNING, production = false, safe = false }: Around) {
  const called: CallName[] = [];
  useHost({
    call: <K extends CallName>(name: K): Promise<Answer<K>> => {
      called.push(name);
      if (name !== 'previewDrain') return Promise.resolve(null as Answer<K>);
      return preview instanceof Error ? Promise.reject(preview) : Promise.resolve(preview as Answer<K>);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  const gateway = { profile: 'local', local: true, link, production, safe } as Gateway;
  const rules = { port: 0, folder: null, startWithConsole: false, leaveRunning: false };
  const status = { gateways: [gateway], local, preferences: { local: rules } } as unknown as Status;
  const run = new LocalRun({ status: () => status, save: () => Promise.resolve() });
  page = mount(LocalButtons, { target: document.body, props: { status, run } });
  flushSync();
  return { called, run };
}

const find = (id: string) => document.querySelector<HTMLButtonElement>(`[data-testid=${id}]`);

async function press(id: string) {
  find(id)?.click();
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
}

describe('the gateway of this machine, with people on it,', () => {
  it.each([
    ['stop', 'stopLocal'],
    ['restart', 'restartLocal'],
  ] as const)('is asked whom it touches before it is to %s', async (what, call) => {
    const { called } = shown({});
    await press(`local-${what}`);
    expect(find('end-dialog')?.textContent).toMatch(/Users\s*2.*Sockets\s*3.*bob/s);
    expect(called).toEqual(['previewDrain']);
    await press('dialog-confirm');
    expect(called).toEqual(['previewDrain', call]);
    expect(find('end-dialog')).toBeNull();
  });

  it('goes on where one thinks better of it', async () => {
    const { called, run } = shown({});
    await press('local-stop');
    run.ending.cancel();
    await press('local-nothing');
    expect(called).toEqual(['previewDrain']);
    await press('local-stop');
    expect(find('end-dialog')).not.toBeNull();
  });

  it('is neither stopped nor restarted in safe mode, and says why', async () => {
    const { called } = shown({ safe: true });
    for (const what of ['local-stop', 'local-restart']) {
      expect(find(what)?.disabled).toBe(true);
      expect(find(what)?.title).toMatch(/safe mode/);
      await press(what);
    }
    expect(called).toEqual([]);
  });

  it('asks for the number where it is one of production', async () => {
    const { run } = shown({ production: true });
    await press('local-stop');
    expect(find('dialog-confirm')?.disabled).toBe(true);
    run.ending.typed = '2';
    flushSync();
    expect(find('dialog-confirm')?.disabled).toBe(false);
  });
});

it.each<[string, Around]>([
  ['nobody is connected', { preview: NOBODY }],
  ['it has crashed', { local: { state: 'restarting', reason: { is: 'said', text: 'exit code 2' }, at: '' } }],
])('it is stopped without a question where %s', async (_, around) => {
  const { called } = shown(around);
  await press('local-stop');
  expect(called.at(-1)).toBe('stopLocal');
  expect(find('end-dialog')).toBeNull();
});

it.each<[string, Around]>([
  ['the console is not linked to it', { link: { state: 'closed' } }],
  ['it does not answer', { preview: new Error('no answer') }],
])('it is asked without a number, and can be stopped, where %s', async (_, around) => {
  const { called } = shown(around);
  await press('local-stop');
  expect(find('end-dialog')?.textContent).toContain('Nobody can say');
  await press('dialog-confirm');
  expect(called.at(-1)).toBe('stopLocal');
});
