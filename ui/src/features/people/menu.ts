/**
 * The menu of the people page's rows: what can be done to whom, and why not.
 */
import Ban from '@lucide/svelte/icons/ban';
import Bell from '@lucide/svelte/icons/bell';
import Copy from '@lucide/svelte/icons/copy';
import Filter from '@lucide/svelte/icons/list-filter';
import LogIn from '@lucide/svelte/icons/log-in';
import LogOut from '@lucide/svelte/icons/log-out';
import MessageSquare from '@lucide/svelte/icons/message-square';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Unplug from '@lucide/svelte/icons/unplug';
import type { PersonRow } from '../../generated';
import type { Command } from '../../kit/commands.svelte';
import { copy } from '../../kit/copy';
import type { MenuItem } from '../../kit/menu';
import type { Icon } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';
import { isolated } from '../../words/visible';
import { whyNotTo, type Deed } from './deeds.svelte';
import { term } from './language';

interface Line {
  deed: Deed;
  icon: Icon;
  /** The key that does it to whoever is selected. */
  keys: string;
  label: () => string;
  tone?: 'bad';
}

const LINES: readonly Line[] = [
  { deed: 'message', icon: MessageSquare, keys: 'm', label: m.many_message },
  { deed: 'notify', icon: Bell, keys: 'n', label: m.many_notify },
  { deed: 'join', icon: LogIn, keys: 'j', label: m.many_in },
  { deed: 'leave', icon: LogOut, keys: 'l', label: m.many_out },
  { deed: 'disconnect', icon: Unplug, keys: 'd', label: m.people_disconnect, tone: 'bad' },
  { deed: 'ban', icon: Ban, keys: 'b', label: m.bans_ban, tone: 'bad' },
];

/** The lines for so many users, `null` where that is not known. `off` is why nothing at all can be done. */
export function deedItems(off: string | null, users: number | null, run: (deed: Deed) => void): MenuItem[] {
  const why = off ?? whyNotTo(users);
  const items = LINES.map(({ deed, icon, label, tone }): MenuItem => ({
    label: label(),
    icon,
    ...(tone ? { tone } : {}),
    disabled: why !== null,
    testid: `menu-${deed}`,
    onSelect: () => run(deed),
  }));
  return why === null ? items : [{ kind: 'title', label: why }, ...items];
}

/** What the palette offers to do to so many users, under that heading. */
export function deedCommands(
  off: string | null,
  users: number | null,
  group: string,
  run: (deed: Deed) => void,
): Command[] {
  if ((off ?? whyNotTo(users)) !== null) return [];
  return LINES.map(({ deed, icon, keys, label }) => ({
    id: `${deed}-selected`,
    group,
    label: label(),
    icon,
    keys,
    run: () => run(deed),
  }));
}

interface OfRow {
  row: PersonRow;
  off: string | null;
  /** How many users the deeds are done to: more than one where several rows are selected, `null` where it is not known. */
  users: number | null;
  run: (deed: Deed) => void;
  inspect: () => void;
  /** Narrows the filter by a term. */
  filterBy: (term: string) => void;
}

/** The menu of a row. */
export function rowItems({ row, off, users, run, inspect, filterBy }: OfRow): MenuItem[] {
  const [room] = row.rooms;
  const terms = [...(row.address === '' ? [] : [term('ip', row.address)]), ...(room ? [term('room', room)] : [])];
  return [
    { label: m.many_inspect(), icon: PanelRight, kbd: 'Enter', onSelect: inspect },
    { kind: 'line' },
    ...deedItems(off, users, run),
    { kind: 'line' },
    ...terms.map((text): MenuItem => ({
      label: m.many_filter_by({ term: isolated(text) }),
      icon: Filter,
      onSelect: () => filterBy(text),
    })),
    {
      label: m.many_copy_id(),
      icon: Copy,
      onSelect: () => void copy(String(row.user.id)),
    },
  ];
}
