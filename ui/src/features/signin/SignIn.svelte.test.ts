import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FailureCode, Gateway, Keychain } from '../../generated';
import { Failure, useHost } from '../../host';
import type { Answer, Args, CallName, Host } from '../../host';
import SignIn from './SignIn.svelte';

const gateway: Gateway = {
  profile: 'p1',
  name: 'eu-prod',
  url: 'https://rt.example.com',
  colour: '#d2561f',
  production: true,
  safe: false,
  authority: null,
  local: false,
  link: { state: 'signedOut', reason: null, since: null },
  operator: null,
  figures: null,
  clockAheadMs: 0,
};

let form: Record<string, unknown> | undefined;

afterEach(async () => {
  if (form) await unmount(form);
  form = undefined;
});

/** The form on a host that refuses with the code, or accepts where there is none. */
function shown(refusal: FailureCode | null, keychain: Keychain = { state: 'ready' }) {
  const asked: { name: CallName; args: unknown }[] = [];
  const host: Host = {
    call: <K extends CallName>(name: K, args: Args<K>): Promise<Answer<K>> => {
      asked.push({ name, args });
      if (refusal)
        return Promise.reject(new Failure({ code: refusal, reason: { is: 'said', text: 'said by the gateway' } }));
      return Promise.resolve({ role: 'operator', warning: null } as unknown as Answer<K>);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  };
  useHost(host);
  form = mount(SignIn, { target: document.body, props: { gateway, keychain, onBack: () => undefined } });
  flushSync();
  const find = (id: string) => document.querySelector<HTMLInputElement>(`[data-testid=${id}]`);
  return {
    asked,
    find,
    type: (id: string, text: string) => {
      const input = find(id);
      if (!input) throw new Error(`there is no ${id}`);
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      flushSync();
    },
    submit: () => document.querySelector('form')?.requestSubmit(),
  };
}

describe('signing in', () => {
  it('keeps what was typed when the gateway refuses, and says why', async () => {
    const { type, submit, find } = shown('refused');
    type('sign-in-name', 'ann');
    type('sign-in-password', 'secret');
    submit();
    await vi.waitFor(() => expect(find('failure')?.dataset['code']).toBe('refused'));
    expect(find('sign-in-name')?.value).toBe('ann');
    expect(find('sign-in-password')?.value).toBe('secret');
    expect(find('failure')?.textContent).toContain('said by the gateway');
  });

  it('forgets the password when it has been used', async () => {
    const { type, submit, find, asked } = shown(null);
    type('sign-in-name', ' ann ');
    type('sign-in-password', ' secret ');
    submit();
    await vi.waitFor(() => expect(find('sign-in-password')?.value).toBe(''));
    expect(asked).toEqual([
      { name: 'signIn', args: { profile: 'p1', name: 'ann', password: ' secret ', remember: true } },
    ]);
  });

  it('asks for nothing while something is missing', () => {
    const { type, submit, asked } = shown(null);
    type('sign-in-name', 'ann');
    submit();
    expect(asked).toEqual([]);
  });

  it('does not offer to remember where there is no keychain, and says so', async () => {
    const { type, submit, asked } = shown(null, {
      state: 'missing',
      reason: { is: 'said', text: 'no Secret Service' },
    });
    expect(document.querySelector('input[type=checkbox]')).toBeNull();
    expect(document.body.textContent).toContain('no Secret Service');
    type('sign-in-name', 'ann');
    type('sign-in-password', 'secret');
    submit();
    await vi.waitFor(() => expect(asked[0]?.args).toMatchObject({ remember: false }));
  });
});
