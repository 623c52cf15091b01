/** The rooms of a row, in one line. */
import type { PersonRow } from '../../generated';
import { count } from '../../kit/format';
import { isolated } from '../../words/visible';

/** A row names only some rooms where there are many: it says how many more there are. */
export function roomsText({ rooms, roomsMore }: Pick<PersonRow, 'rooms' | 'roomsMore'>): string {
  return [...rooms.map(isolated), ...(roomsMore > 0 ? [`+${count(roomsMore)}`] : [])].join(', ');
}
