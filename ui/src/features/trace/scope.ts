/**
 * Which events are traced, as one types it: `user:7 event:room:message room:lobby ns:/web`, and words that are searched
 * for in what comes.
 *
 * Owns the reading and writing of that text. What is named by a key is asked of the gateway; the words only filter.
 */
import type { RoomName, TraceQuery, UserId } from '../../generated';
import { quoted } from '../../words/quoted';

export type Scope = Pick<TraceQuery, 'user' | 'event' | 'namespace' | 'room' | 'filter'>;

const KEYS = { user: 'user', event: 'event', room: 'room', ns: 'namespace' } as const;
const PART = /(?:(user|event|room|ns):)?(?:"((?:[^"\\]|\\.)*)"|(\S+))/g;

/** What the text asks for. The last of a key holds. */
export function readScope(text: string): Scope {
  const scope: Scope = { user: null, event: null, namespace: null, room: null, filter: '' };
  const words: string[] = [];
  for (const [, key, quoted, plain] of text.matchAll(PART)) {
    const value = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1');
    if (key === undefined) words.push(value);
    else if (key === 'user') scope.user = userId(value);
    else scope[KEYS[key as 'event' | 'room' | 'ns']] = value;
  }
  return { ...scope, filter: words.join(' ') };
}

/** A text that asks for one thing. */
export function writeScope(key: keyof typeof KEYS, value: UserId | RoomName): string {
  const text = String(value);
  return `${key}:${/[\s"]/.test(text) ? quoted(text) : text}`;
}

/** An id as the gateway reads it: `7` and `"7"` are one user, `007` is text. */
function userId(text: string): UserId {
  const number = Number(text);
  return Number.isSafeInteger(number) && !Object.is(number, -0) && String(number) === text ? number : text;
}
