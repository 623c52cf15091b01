import { expect, it } from 'vitest';

import type { TraceRow } from '../../generated';
import { ndjson, pretty } from './lines';

const row: TraceRow = {
  key: 1,
  at: '2026-11-21T10:00:00.000Z',
  node: 'gw-1',
  user: { id: 7, username: 'ann' },
  socket: 's',
  namespace: '/web',
  event: 'room:message',
  room: 'lobby',
  payload: '{"message":"hi"}',
  durationUs: 120,
  code: null,
};

it('copies each event as a line of JSON, with its outcome', () => {
  const lines = ndjson([row, { ...row, payload: null, code: 'not_member' }]).split('\n');
  expect(lines.map((line) => JSON.parse(line) as { outcome: string; payload: unknown })).toMatchObject([
    { outcome: 'ok', payload: { message: 'hi' }, user: { id: 7 } },
    { outcome: 'not_member', payload: null },
  ]);
});

it('shows a payload over several lines, and a cut one as it is', () => {
  expect(pretty('{"message":"hi"}')).toBe('{\n  "message": "hi"\n}');
  expect(pretty('{"message":"hi')).toBe('{"message":"hi');
  expect(pretty(null)).toBe('–');
});
