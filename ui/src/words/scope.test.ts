import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readScope, writeScope } from './scope';

const nothing = { user: null, event: null, namespace: null, room: null, words: '' };

describe('what is to be traced', () => {
  it.each([
    ['', nothing],
    ['user:7', { ...nothing, user: 7 }],
    ['user:007', { ...nothing, user: '007' }],
    ['event:room:message ns:/web', { ...nothing, event: 'room:message', namespace: '/web' }],
    ['room:"the lobby" hello  world', { ...nothing, room: 'the lobby', words: 'hello world' }],
    ['user:7 user:8', { ...nothing, user: 8 }],
    ['who:7', { ...nothing, words: 'who:7' }],
  ])('is read from %j', (text, scope) => {
    expect(readScope(text)).toEqual(scope);
  });

  it('is read as it was written, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (room) => {
        expect(readScope(writeScope('room', room)).room).toBe(room);
      }),
    );
  });
});
