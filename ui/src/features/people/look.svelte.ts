/**
 * What is looked at in the people table: which rows, which filter. Kept while the console runs, for each gateway, so that
 * one finds the table as one left it; the columns and their order are preferences.
 */
import type { Direction, PeopleColumn, PeopleRows, PeopleSort, ProfileId } from '../../generated';

export class Look {
  rows = $state<PeopleRows>('users');
  filter = $state('');
}

const COLUMNS: readonly PeopleColumn[] = [
  'name',
  'id',
  'namespaces',
  'rooms',
  'address',
  'client',
  'online',
  'idle',
  'hits',
];

/** The columns that are not left out, whether there is room for them or not: a file has room for all. */
export function chosenColumns(hidden: readonly PeopleColumn[]): PeopleColumn[] {
  return COLUMNS.filter((column) => column === 'name' || !hidden.includes(column));
}

/** What one wants to see first in a column: names from A, but the most hits. */
export const FIRST: Readonly<Record<PeopleSort, Direction>> = {
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
