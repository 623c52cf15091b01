/**
 * How the people table is looked at: which rows, which filter, which order. Kept while the console runs, for each
 * gateway, so that one finds the table as one left it.
 */
import type { Direction, PeopleRows, PeopleSort, ProfileId } from '../../generated';

export class Look {
  rows = $state<PeopleRows>('users');
  filter = $state('');
  sort = $state<PeopleSort>('name');
  direction = $state<Direction>('ascending');

  /** Sorts by a column; a second time turns the order around. */
  sortBy(column: PeopleSort): void {
    if (this.sort === column) {
      this.direction = this.direction === 'ascending' ? 'descending' : 'ascending';
    } else {
      this.sort = column;
      this.direction = FIRST[column];
    }
  }
}

/** What one wants to see first in a column: names from A, but the most hits. */
const FIRST: Record<PeopleSort, Direction> = {
  name: 'ascending',
  id: 'ascending',
  address: 'ascending',
  online: 'ascending',
  idle: 'descending',
  hits: 'descending',
};

// eslint-disable-next-line svelte/prefer-svelte-reactivity -- only looked up; what it holds is reactive itself.
const looks = new Map<ProfileId, Look>();

export function lookOf(profile: ProfileId): Look {
  let look = looks.get(profile);
  if (!look) {
    look = new Look();
    looks.set(profile, look);
  }
  return look;
}
