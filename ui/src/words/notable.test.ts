import { describe, expect, it } from 'vitest';

import type { LimitEpisode, NotableWhat } from '../generated';
import { ownSentence, sentence, toneOf } from './notable';

const ann = { id: 7, username: 'ann' };
const at = '2026-03-01T12:00:00.000Z';
const episode: LimitEpisode = {
  id: 1,
  user: ann,
  namespace: '/web',
  event: 'room:message',
  room: 'lobby',
  address: '203.0.113.9',
  limit: 10,
  window: 60,
  dropped: 34,
  since: at,
  last: at,
  ended: false,
};

/** Without the isolates around what strangers wrote. */
const bare = (text: string) => text.replace(/[\u2068\u2069]/g, '');

describe('a notable event', () => {
  it.each<[NotableWhat, string, string]>([
    [{ is: 'online', user: ann }, 'ann came online', 'came online'],
    [{ is: 'online', user: { id: 7, username: '' } }, '7 came online', 'came online'],
    [
      { is: 'disconnected', user: ann, reason: 'ping timeout' },
      'ann disconnected: ping timeout',
      'disconnected: ping timeout',
    ],
    [{ is: 'roomJoined', user: ann, room: 'lobby' }, 'ann joined lobby', 'joined lobby'],
    [{ is: 'limit', episode }, 'ann hit the limit of room:message 34 times', 'room:message: 34 dropped, limit 10'],
    [
      { is: 'kicked', by: 'op', reason: 'spam', users: 1, sample: [ann] },
      'op disconnected ann: spam',
      'disconnected by op: spam',
    ],
    [
      { is: 'kicked', by: null, reason: 'slow', users: 12_000, sample: [ann] },
      'The gateway disconnected 12,000 users: slow',
      'disconnected by the gateway: slow',
    ],
  ])('%j reads as it happened', (what, whole, own) => {
    expect(bare(sentence(what))).toBe(whole);
    expect(bare(ownSentence(what))).toBe(own);
  });

  it('keeps the direction of a name within the name', () => {
    const text = sentence({ is: 'online', user: { id: 7, username: '\u202Egnp.exe' } });
    expect(text).toBe('\u2068‹U+202E›gnp.exe\u2069 came online');
  });

  it('asks for attention where something is wrong', () => {
    expect(toneOf({ is: 'limit', episode })).toBe('warn');
    expect(toneOf({ is: 'linkLost', reason: { is: 'linkBroke' } })).toBe('bad');
    expect(toneOf({ is: 'online', user: ann })).toBe('neutral');
  });
});
