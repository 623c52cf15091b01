import { describe, expect, it } from 'vitest';

import type { Ban, BanTarget } from '../../generated';
import { keyOf, matching, whomOf } from './list';

const ban = (target: BanTarget, reason = 'spam', by = 'ann'): Ban => ({
  target,
  reason,
  until: null,
  by,
  at: '2026-11-21T09:00:00.000Z',
});

describe('the list of bans', () => {
  it('says whom each keeps out, a single address without a length', () => {
    expect(whomOf({ user: 7 })).toBe('7');
    expect(whomOf({ address: '203.0.113.7/32' })).toBe('203.0.113.7');
    expect(whomOf({ address: '2001:db8::1/128' })).toBe('2001:db8::1');
    expect(whomOf({ address: '2001:db8::/32' })).toBe('2001:db8::/32');
  });

  it('keeps a user apart from an address that is written alike', () => {
    expect(keyOf(ban({ user: '::1/128' }))).not.toBe(keyOf(ban({ address: '::1/128' })));
  });

  it('is filtered by whom, why and by whom, each word somewhere', () => {
    const bans = [ban({ user: 7 }), ban({ address: '10.0.0.0/8' }, 'Flooding the lobby', 'bo'), ban({ user: 'eve' })];
    const found = (filter: string) => matching(bans, filter).map(({ target }) => whomOf(target));
    expect(found('')).toEqual(['7', '10.0.0.0/8', 'eve']);
    expect(found('LOBBY bo')).toEqual(['10.0.0.0/8']);
    expect(found('spam eve')).toEqual(['eve']);
    expect(found('ann bo')).toEqual([]);
  });
});
