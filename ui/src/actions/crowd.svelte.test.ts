import { describe, expect, it } from 'vitest';

import type { User } from '../generated';
import { Crowd } from './crowd.svelte';

const users = (...ids: number[]): User[] => ids.map((id) => ({ id, username: `user-${id}` }));

describe('a crowd', () => {
  it('is named by a list, and one alone as one', () => {
    expect(new Crowd(users(1, 2)).named).toEqual({ users: [1, 2] });
    expect(new Crowd(users(1)).named).toEqual({ user: 1 });
  });

  it('knows with whom it failed and why, and goes on with them', () => {
    const crowd = new Crowd(users(1, 2, 3, 4));
    crowd.hear([
      { code: 'not_found', message: 'never seen', users: [4, 2] },
      { code: 'conflict', message: 'full', users: [3] },
    ]);
    expect(crowd.failed.map(({ user, why }) => [user.id, why])).toEqual([
      [2, 'never seen'],
      [3, 'full'],
      [4, 'never seen'],
    ]);
    expect(crowd.done).toBe(1);
    crowd.goOn();
    expect([crowd.users, crowd.failed, crowd.done]).toEqual([users(2, 3, 4), [], 3]);
    crowd.hear();
    expect(crowd.failed).toEqual([]);
  });
});
