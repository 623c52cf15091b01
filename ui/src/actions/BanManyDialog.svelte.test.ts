import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';

import type { Banned, Gateway, Preview, User } from '../generated';
import { useHost } from '../host';
import { toasts } from '../kit/toasts.svelte';
import { m } from '../paraglide/messages.js';
import BanManyDialog from './BanManyDialog.svelte';

const USERS: User[] = [1, 2, 3].map((id) => ({ id, username: `user-${id}` }));
const PREVIEW: Preview = { users: 2, sockets: 2, nodes: 1, sample: [], fingerprint: 'f' };
const BANNED: Banned = {
  at: '2026-11-21T09:00:00.000Z',
  nodes: [{ node: 'gw-1', users: 2, connections: 2 }],
  refused: [{ code: 'conflict', message: 'this is you', users: [2] }],
};

const element = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const settled = async () => {
  await new Promise((resolve) => setTimeout(resolve));
  await tick();
  flushSync();
};

afterEach(() => toasts.shown.forEach(({ id }) => toasts.dismiss(id)));

it('offers to undo what was done, where one leaves it at that', async () => {
  useHost({
    call: (name: string) => Promise.resolve(name === 'previewBan' ? PREVIEW : BANNED),
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  const gateway = { profile: 'p', name: 'eu', production: false, operator: null } as unknown as Gateway;
  const onClose = vi.fn();
  const component = mount(BanManyDialog, { target: document.body, props: { gateway, users: USERS, onClose } });
  await settled();
  const reason = element('dialog-reason') as HTMLInputElement;
  reason.value = 'flooding';
  reason.dispatchEvent(new Event('input', { bubbles: true }));
  await settled();
  element('dialog-confirm')?.click();
  await settled();
  expect(element('failed')?.textContent).toMatch(/user-2.*this is you/);
  expect(toasts.shown).toEqual([]);
  const buttons = [...document.querySelectorAll<HTMLElement>('[data-testid="ban-many-dialog"] button')];
  buttons.find(({ textContent }) => textContent.includes(m.people_disconnect_close()))?.click();
  await settled();
  expect(onClose).toHaveBeenCalledOnce();
  expect(toasts.shown.map(({ title, action }) => [title, action?.label])).toEqual([['2 users banned', 'Undo']]);
  void unmount(component);
});
