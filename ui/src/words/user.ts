/**
 * What a user is called, and how an id is read.
 */
import type { User, UserId } from '../generated';

/** The name as it came, for a place that makes it safe; who bears no name is called by the id. */
export function nameOf(user: User): string {
  return user.username === '' ? String(user.id) : user.username;
}

/** An id as the gateway reads it: `7` and `"7"` are one user, `007` is text. */
export function userId(text: string): UserId {
  const number = Number(text);
  return Number.isSafeInteger(number) && !Object.is(number, -0) && String(number) === text ? number : text;
}
