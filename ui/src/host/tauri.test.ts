import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ViewUpdate } from '../generated';
import type { Failure } from './host';
import { tauriHost } from './tauri';

interface Shell {
  asked: { command: string; args: Record<string, unknown> }[];
  answer: (command: string) => Promise<unknown>;
}

const shell = vi.hoisted((): Shell => ({ asked: [], answer: () => Promise.resolve(null) }));

vi.mock('@tauri-apps/api/core', () => ({
  Channel: class {
    onmessage: (message: unknown) => void = () => undefined;
  },
  invoke: (command: string, args: Record<string, unknown>) => {
    shell.asked.push({ command, args });
    return shell.answer(command);
  },
}));

interface Sent {
  channel: { onmessage: (update: ViewUpdate) => void };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const named = () =>
  shell.asked.map(({ command, args }) => (args['call'] as { call: string } | undefined)?.call ?? command);
const notifications = (profile: string) => ({ view: 'notifications', profile }) as const;

let updates: ViewUpdate[];
let failures: Failure[];
const listener = {
  update: (update: ViewUpdate) => void updates.push(update),
  fail: (failure: Failure) => void failures.push(failure),
};

beforeEach(() => {
  shell.asked = [];
  shell.answer = () => Promise.resolve(null);
  updates = [];
  failures = [];
});

describe('the desktop host', () => {
  it('calls by name, and rejects with what the shell said', async () => {
    const said = { code: 'conflict', reason: { is: 'said', text: 'changed' } };
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- The shell rejects with plain data.
    shell.answer = () => Promise.reject(said);
    await expect(tauriHost.call('retryNow', { profile: 'p' })).rejects.toMatchObject({
      name: 'Failure',
      code: 'conflict',
      message: 'changed',
    });
    expect(shell.asked).toEqual([{ command: 'call', args: { call: { call: 'retryNow', args: { profile: 'p' } } } }]);
  });

  it('rejects with a failure, whatever the shell threw', async () => {
    shell.answer = () => Promise.reject(new Error('no such command'));
    await expect(tauriHost.call('stopLocal', null)).rejects.toMatchObject({
      code: 'internal',
      message: 'no such command',
    });
  });

  it('changes a view only after it was opened, and to the last of several changes', async () => {
    let opened: (value: unknown) => void = () => undefined;
    shell.answer = (command) =>
      command === 'open_view' ? new Promise((done) => (opened = done)) : Promise.resolve(null);
    const view = tauriHost.openView(notifications('a'), listener);
    view.change(notifications('b'));
    view.change(notifications('c'));
    await settled();
    expect(named()).toEqual(['open_view']);
    opened(null);
    await settled();
    expect(named()).toEqual(['open_view', 'changeView']);
    expect(shell.asked[1]?.args).toMatchObject({ call: { args: { query: notifications('c') } } });
    view.change(notifications('d'));
    await settled();
    expect(shell.asked[2]?.args).toMatchObject({ call: { args: { query: notifications('d') } } });
  });

  it('hands on the updates of the view until it is closed, and closes it once', async () => {
    const view = tauriHost.openView(notifications('a'), listener);
    const { channel } = shell.asked[0]?.args as unknown as Sent;
    channel.onmessage({ view: 'notifications', items: [] });
    view.close();
    view.close();
    view.change(notifications('b'));
    channel.onmessage({ view: 'notifications', items: [] });
    await settled();
    expect(updates).toHaveLength(1);
    expect(named()).toEqual(['open_view', 'closeView']);
  });

  it('says when a view cannot be opened', async () => {
    shell.answer = () => Promise.reject(new Error('no'));
    tauriHost.openView(notifications('a'), listener);
    await settled();
    expect(failures.map(({ message }) => message)).toEqual(['no']);
  });

  it('opens a view that could not be opened with its next change, and says it again where it cannot', async () => {
    const full = () => Promise.reject(new Error('full'));
    shell.answer = full;
    const view = tauriHost.openView(notifications('a'), listener);
    await settled();
    view.change(notifications('b'));
    await settled();
    expect(failures.map(({ message }) => message)).toEqual(['full', 'full']);
    shell.answer = () => Promise.resolve(null);
    view.change(notifications('c'));
    view.change(notifications('d'));
    await settled();
    expect(named()).toEqual(['open_view', 'open_view', 'open_view']);
    const opened = shell.asked.map(({ args }) => args as unknown as Sent & { id: number; query: unknown });
    expect(opened[2]).toMatchObject({ id: opened[0]?.id, query: notifications('d') });
    expect(new Set(opened.map(({ channel }) => channel)).size).toBe(3);
    opened[2]?.channel.onmessage({ view: 'notifications', items: [] });
    expect(updates).toHaveLength(1);
    view.change(notifications('e'));
    await settled();
    expect(named().at(-1)).toBe('changeView');
  });

  it('gives each view a number of its own', () => {
    tauriHost.openView(notifications('a'), listener);
    tauriHost.openView(notifications('a'), listener);
    expect(shell.asked[0]?.args['id']).not.toBe(shell.asked[1]?.args['id']);
  });
});
