/** Users in words, where a sentence is about one of them or about many. */
import type { User } from '../generated';
import { count } from '../kit/format';
import { m } from '../paraglide/messages.js';
import { nameOf } from '../words/user';
import { isolated } from '../words/visible';

/** The name of the only one, or how many they are. */
export function usersText(users: readonly User[]): string {
  const [one] = users;
  if (one !== undefined && users.length === 1) return isolated(nameOf(one));
  return m.many_users({ count: users.length, shown: count(users.length) });
}
