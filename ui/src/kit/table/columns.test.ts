import { expect, it } from 'vitest';
import { roomFor, type Column } from './columns';

const column = (id: string, width: number, from?: number): Column<string> => ({
  id,
  header: id,
  width,
  ...(from === undefined ? {} : { from }),
  text: (row) => row,
});
const columns = [column('name', 100), column('rooms', 100, 600), column('address', 100), column('hits', 50)];

it.each([
  [700, ['name', 'rooms', 'address', 'hits']],
  [599, ['name', 'address', 'hits']],
  [280, ['name', 'address', 'hits']],
  [279, ['name', 'address']],
  [229, ['name']],
  [20, ['name']],
  [0, ['name', 'address', 'hits']],
])('in %d pixels, 30 of them for a mark, there is room for %j', (width, expected) => {
  expect(roomFor(columns, width, [{ width: 30 }]).map(({ id }) => id)).toEqual(expected);
});
