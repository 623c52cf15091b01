import { expect, it } from 'vitest';

import type { LinkState, Role } from '../generated';
import { whyNot } from './may';

const live: LinkState = { state: 'live', rttMs: 12 };

it.each<[Role, LinkState, 'safe' | 'open', string | null]>([
  ['operator', live, 'open', null],
  ['admin', live, 'open', null],
  ['viewer', live, 'open', 'Needs the role operator. You are a viewer.'],
  ['admin', { state: 'connecting' }, 'open', 'Not connected to the gateway.'],
  ['admin', { state: 'loading', received: 7, since: null }, 'open', 'Not connected to the gateway.'],
  ['admin', live, 'safe', 'This gateway is in safe mode: nothing is changed from here.'],
])('%s on a link that is %j, %s: %s', (role, link, mode, why) => {
  expect(whyNot({ link, operator: { name: 'ann', role }, safe: mode === 'safe' })).toBe(why);
});

it('says that some actions need an admin', () => {
  const as = (role: Role) => ({ link: live, operator: { name: 'ann', role }, safe: false });
  expect(whyNot(as('operator'), 'admin')).toBe('Needs the role admin.');
  expect(whyNot(as('admin'), 'admin')).toBeNull();
});
