import { expect, it } from 'vitest';

import type { LinkState, Role } from '../generated';
import { whyNot } from './may';

const live: LinkState = { state: 'live', rttMs: 12 };

it.each<[Role, LinkState, string | null]>([
  ['operator', live, null],
  ['admin', live, null],
  ['viewer', live, 'Needs the role operator. You are a viewer.'],
  ['admin', { state: 'connecting' }, 'Not connected to the gateway.'],
  ['admin', { state: 'loading', received: 7 }, 'Not connected to the gateway.'],
])('%s on a link that is %j: %s', (role, link, why) => {
  expect(whyNot({ link, operator: { name: 'ann', role } })).toBe(why);
});
