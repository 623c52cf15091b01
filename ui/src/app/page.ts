/**
 * What the frame and its pages agree on. A feature exports one component with these props, and imports nothing else of
 * the frame: the frame knows the pages, no page knows the frame.
 */
import type {
  Gateway,
  Namespace,
  PeopleRows,
  Preferences,
  RoomName,
  Status,
  TableLooks,
  User,
  UserId,
} from '../generated';

export type PageId =
  'overview' | 'people' | 'rooms' | 'notify' | 'limits' | 'trace' | 'alerts' | 'bans' | 'audit' | 'gateway';

/** What one page asks another to show when it leads there. */
export interface Ask {
  /** The text to put into the page's filter. */
  filter?: string;
  /** Whom to open in the inspector. */
  user?: User;
  /** Whom to address. */
  users?: readonly UserId[];
  /** Which alert to open in the inspector. */
  alert?: number;
  /** Which room to address, or to look at. */
  room?: { namespace: Namespace; room: RoomName };
  /** How the rooms are to be ordered. */
  rooms?: 'busiest';
  /** What a row of the table is to stand for. */
  rows?: PeopleRows;
}

/** Of a trace: events that fail through a fault of the gateway, by the code that says so. */
export const FAILING: Ask = { filter: 'internal' };

export interface PageProps {
  /** The gateway that the page is about; the page is made anew for another one. */
  gateway: Gateway;
  /** What the page is asked to show: a new object whenever it is asked for anew, and an empty one as soon as it was told. */
  ask: Ask;
  /** Leads to another page. */
  go: (page: PageId, ask?: Ask) => void;
  /** How each table is looked at, and how to keep another way. */
  tables: TableLooks;
  onTables: (change: Partial<TableLooks>) => void;
  /** The console around the page, for what it runs itself: the gateway of this machine. */
  status: Status;
  /** Changes how the console behaves. */
  onSave: (change: Partial<Preferences>) => Promise<void>;
}
