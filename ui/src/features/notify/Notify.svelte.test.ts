import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Gateway, Notified, Status } from '../../generated';
import { useHost } from '../../host';
import { toasts } from '../../kit/toasts.svelte';
import { deskOf } from './desk.svelte';
import Notify from './Notify.svelte';

const NOTIFIED: Notified = { id: 1, targets: 1, delivered: 1, queued: 0 };

let answers: ((notified: Notified) => void)[];
let page: Record<string, unknown> | undefined;

const element = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const settled = async () => {
  await new Promise((resolve) => setTimeout(resolve));
  await tick();
  flushSync();
};

beforeEach(() => {
  answers = [];
  useHost({
    call: (async (name: string) => {
      if (name === 'notify') return new Promise((resolve) => answers.push(resolve));
      if (name === 'previewNotify') return { users: 1, sockets: 1, nodes: 1, sample: [], fingerprint: 'f' };
      return Promise.resolve({ items: [], nextCursor: null });
    }) as never,
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  const gateway = {
    profile: 'p',
    production: false,
    safe: false,
    link: { state: 'live' },
    operator: { role: 'operator' },
  } as unknown as Gateway;
  page = mount(Notify, {
    target: document.body,
    props: {
      gateway,
      ask: {},
      go: () => undefined,
      tables: {} as never,
      onTables: () => undefined,
      status: {} as Status,
      onSave: () => Promise.resolve(),
    },
  });
});
afterEach(async () => {
  if (page) await unmount(page);
  deskOf('p').clear();
  toasts.shown.forEach(({ id }) => toasts.dismiss(id));
});

async function send() {
  Object.assign(deskOf('p').draft, { audience: 'users', users: '7', title: 'Tea', message: 'is ready' });
  await settled();
  element('notify-send')?.click();
  await settled();
  expect(answers).toHaveLength(1);
}

it('keeps what is typed while another one is being sent', async () => {
  await send();
  deskOf('p').draft.title = 'Cake';
  answers[0]?.(NOTIFIED);
  await settled();
  expect([deskOf('p').draft.title, deskOf('p').draft.message]).toEqual(['Cake', '']);
  expect(element('notify-result')?.textContent).toContain('Tea');
  expect(toasts.shown, 'one sees it on the page').toEqual([]);
});

it('names those whom it will never reach', async () => {
  await send();
  answers[0]?.({ ...NOTIFIED, targets: 0, delivered: 0, refused: [{ code: 'not_found', message: 'no', users: [7] }] });
  await settled();
  expect(element('notify-result')?.querySelector('[role="alert"]')?.textContent).toContain('reached nobody');
  expect(element('failed')?.textContent).toMatch(/7.*no/);
});

it('tells how it ended where the page has gone meanwhile', async () => {
  await send();
  if (page) await unmount(page);
  page = undefined;
  answers[0]?.({ ...NOTIFIED, targets: 2 });
  await settled();
  expect(toasts.shown.map(({ tone, title, detail }) => [tone, title, detail])).toEqual([
    ['warn', '“\u2068Tea\u2069” sent', '1 of 2 sockets'],
  ]);
  expect(deskOf('p').draft.title, 'what was sent is off the desk').toBe('');
});
