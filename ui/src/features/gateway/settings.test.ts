import { describe, expect, it } from 'vitest';
import type { Setting } from '../../generated';
import { differs, matching, shown, shownDefault } from './settings';

const LIMIT: Setting = { key: 'limits.default', value: 42, default: 100, origin: 'file' };
const LISTEN: Setting = { key: 'listen', value: '127.0.0.1:3000', default: '127.0.0.1:3000', origin: 'flag' };
const SECRET: Setting = { key: 'auth.jwt_secret', value: '(secret)', default: null, origin: 'file' };
const ORIGINS: Setting = { key: 'cors.origins', value: ['a', 'b'], default: ['a', 'b'], origin: 'default' };
/** As a gateway says it that does not know what the default is. */
const OLD: Setting = { key: 'node', value: 'a', origin: 'environment' };

describe('a value', () => {
  it.each([
    ['(secret)', { is: 'hidden' }],
    [null, { is: 'unset' }],
    [false, { is: 'text', text: 'false' }],
    ['', { is: 'text', text: '""' }],
    [[], { is: 'text', text: 'none' }],
    [
      { '/web ping': 600, '/ ping': 60 },
      { is: 'text', text: '/web ping = 600\n/ ping = 60' },
    ],
  ])('of %j is shown as %j', (value, expected) => expect(shown(value)).toEqual(expected));
});

describe('a setting', () => {
  it('differs where it is not the default, whoever says so', () => {
    expect([LIMIT, LISTEN, SECRET, ORIGINS].map(differs)).toEqual([true, false, true, false]);
  });

  it('differs where somebody says it, as long as the default is not known', () => {
    expect([differs(OLD), differs({ ...OLD, origin: 'default' })]).toEqual([true, false]);
    expect(shownDefault(OLD)).toBeNull();
    expect(shownDefault(SECRET)).toEqual({ is: 'unset' });
  });

  it('is found by words of its key and its value, and never by what is hidden', () => {
    const all = [LIMIT, LISTEN, SECRET, ORIGINS];
    expect(matching(all, ' LIMITS  42 ')).toEqual([LIMIT]);
    expect(matching(all, '3000')).toEqual([LISTEN]);
    expect(matching(all, '(secret)')).toEqual([]);
    expect(matching(all, '')).toEqual(all);
  });
});
