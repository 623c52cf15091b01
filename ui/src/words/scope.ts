/**
 * Which rows of a tail are wanted, as one types it: `user:7 event:room:message room:lobby ns:/web`, and words that are looked
 * for in all that is shown of a row. What is named by a key is meant exactly.
 *
 * Owns the reading and writing of that text.
 */
import type { RoomName, Scope, UserId } from '../generated';
import { quoted } from './quoted';
import { userId } from './user';

const KEYS = { user: 'user', event: 'event', room: 'room', ns: 'namespace' } as const;
const PART = /(?:(user|event|room|ns):)?(?:"((?:[^"\\]|\\.)*)"|(\S+))/g;

/** What the text asks for. The last of a key holds. */
export function readScope(text: string): Scope {
  const scope: Scope = { user: null, event: null, namespace: null, room: null, words: '' };
  const words: string[] = [];
  for (const [, key, quoted, plain] of text.matchAll(PART)) {
    const value = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1');
    if (key === undefined) words.push(value);
    else if (key === 'user') scope.user = userId(value);
    else scope[KEYS[key as 'event' | 'room' | 'ns']] = value;
  }
  return { ...scope, words: words.join(' ') };
}

/** A text that asks for one thing. */
export function writeScope(key: keyof typeof KEYS, value: UserId | RoomName): string {
  const text = String(value);
  return `${key}:${/[\s"]/.test(text) ? quoted(text) : text}`;
}
