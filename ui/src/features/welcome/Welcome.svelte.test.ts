import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { PREFERENCES, status } from '../../../gallery/sample';
import type { LocalGateway, ProfileId } from '../../generated';
import { useHost } from '../../host';
import type { Answer, CallName } from '../../host';
import Welcome from './Welcome.svelte';

const RUNNING: LocalGateway = { state: 'running', address: '127.0.0.1:4100', pid: 7, adopted: false };

let page: Record<string, unknown> | undefined;
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
});

/** The ways in, of a console whose gateway is to run on port 4100; what was called, and which gateway was chosen. */
function shown(local: LocalGateway, known = true) {
  const called: unknown[] = [];
  const chosen: ProfileId[] = [];
  useHost({
    call: <K extends CallName>(name: K, args: unknown): Promise<Answer<K>> => {
      called.push({ [name]: args });
      return Promise.resolve('local' as Answer<K>);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  const preferences = { ...PREFERENCES, local: { ...PREFERENCES.local, port: 4100 } };
  const sample = status('live', preferences);
  const [first] = sample.gateways;
  const gateways = first && known ? [{ ...first, profile: 'local', local: true }] : [];
  const props = { status: { ...sample, gateways, local }, onChosen: (profile: ProfileId) => chosen.push(profile) };
  page = mount(Welcome, { target: document.body, props });
  flushSync();
  return { called, chosen };
}

const find = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`);

async function press(id: string) {
  find(id)?.click();
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
}

describe('the gateway of this machine', () => {
  it('is started on the port that was chosen last', async () => {
    const { called, chosen } = shown({ state: 'stopped', reason: null });
    expect((find('start-local-port') as HTMLInputElement | null)?.value).toBe('4100');
    await press('start-local');
    expect(called).toEqual([{ startLocal: { port: 4100 } }]);
    expect(chosen).toEqual(['local']);
  });

  it.each([RUNNING, { state: 'starting' } as const])(
    'is opened, and not started, where it is $state',
    async (local) => {
      const { called, chosen } = shown(local);
      expect(find('start-local-port')).toBeNull();
      await press('start-local');
      expect([called, chosen]).toEqual([[], ['local']]);
    },
  );

  it('keeps its port where it runs and is not among the saved ones yet', async () => {
    const { called } = shown(RUNNING, false);
    await press('start-local');
    expect(called).toEqual([{ startLocal: { port: 4100 } }]);
  });
});
