/**
 * What a user is called.
 */
import type { User } from '../generated';

/** The name as it came, for a place that makes it safe; who bears no name is called by the id. */
export function nameOf(user: User): string {
  return user.username === '' ? String(user.id) : user.username;
}
