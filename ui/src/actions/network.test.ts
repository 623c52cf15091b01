import { expect, it } from 'vitest';

import { readNetwork } from './network';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  [' 203.0.113.0/24 ', '203.0.113.0/24'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['::1', '::1'],
  ['2001:DB8::/32', '2001:DB8::/32'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['::ffff:10.0.0.7', '::ffff:10.0.0.7'],
])('%j is the network %s', (typed, network) => {
  expect(readNetwork(typed)).toBe(network);
});

it.each([
  '',
  'alice',
  '203.0.113',
  '203.0.113.256',
  '10.0.0.0/7',
  '10.0.0.0/33',
  '10.0.0.0/',
  '2001::db8::1',
  '2001:db8',
  '2001:db8::/15',
  '2001:db8::/129',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
])('%j is none', (typed) => {
  expect(readNetwork(typed)).toBeNull();
});
