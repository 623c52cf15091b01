/** The pages, in the order of the rail: the only list of them. */
import Activity from '@lucide/svelte/icons/activity';
import Ban from '@lucide/svelte/icons/ban';
import BellRing from '@lucide/svelte/icons/bell-ring';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Gauge from '@lucide/svelte/icons/gauge';
import Megaphone from '@lucide/svelte/icons/megaphone';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import ServerCog from '@lucide/svelte/icons/server-cog';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import Alerts from '../features/alerts/Alerts.svelte';
import Audit from '../features/audit/Audit.svelte';
import Bans from '../features/bans/Bans.svelte';
import GatewayPage from '../features/gateway/GatewayPage.svelte';
import Limits from '../features/limits/Limits.svelte';
import Notify from '../features/notify/Notify.svelte';
import Overview from '../features/overview/Overview.svelte';
import People from '../features/people/People.svelte';
import Rooms from '../features/rooms/Rooms.svelte';
import Trace from '../features/trace/Trace.svelte';
import type { Figures } from '../generated';
import { count } from '../kit/format';
import type { Icon } from '../kit/tone';
import { m } from '../paraglide/messages.js';
import type { PageId, PageProps } from './page';

export interface Entry {
  id: PageId;
  label: () => string;
  icon: Icon;
  keys: string;
  component: Component<PageProps>;
  /** What the rail shows behind the name, and whether it asks for attention. */
  figure?: (figures: Figures) => { text: string; tone: 'neutral' | 'warn' | 'bad'; meaning: string } | null;
}

/** Groups of pages; the rail draws a line between them. */
export const pages: readonly (readonly Entry[])[] = [
  [
    {
      id: 'overview',
      label: m.app_page_overview,
      icon: ChartColumn,
      keys: 'g o',
      component: Overview,
    },
    {
      id: 'people',
      label: m.app_page_people,
      icon: Users,
      keys: 'g p',
      component: People,
      figure: ({ onlineUsers }) => ({
        text: count(onlineUsers),
        tone: 'neutral',
        meaning: m.app_users_online({ shown: count(onlineUsers) }),
      }),
    },
    {
      id: 'rooms',
      label: m.app_page_rooms,
      icon: DoorOpen,
      keys: 'g r',
      component: Rooms,
      figure: ({ rooms }) => ({
        text: count(rooms),
        tone: 'neutral',
        meaning: m.app_rooms_used({ shown: count(rooms) }),
      }),
    },
    { id: 'notify', label: m.app_page_notify, icon: Megaphone, keys: 'g n', component: Notify },
  ],
  [
    {
      id: 'limits',
      label: m.app_page_limits,
      icon: Gauge,
      keys: 'g l',
      component: Limits,
      figure: ({ limitHits }) =>
        limitHits === null
          ? { text: '–', tone: 'neutral', meaning: m.app_hits_unknown() }
          : {
              text: m.app_per_minute({ shown: count(limitHits) }),
              tone: limitHits > 0 ? 'warn' : 'neutral',
              meaning: m.app_hits_per_minute({ shown: count(limitHits) }),
            },
    },
    { id: 'trace', label: m.app_page_trace, icon: Activity, keys: 'g c', component: Trace },
    {
      id: 'alerts',
      label: m.app_page_alerts,
      icon: BellRing,
      keys: 'g a',
      component: Alerts,
      figure: ({ alerts }) =>
        alerts > 0 ? { text: count(alerts), tone: 'bad', meaning: m.app_alerts_open({ shown: count(alerts) }) } : null,
    },
    { id: 'bans', label: m.app_page_bans, icon: Ban, keys: 'g b', component: Bans },
    { id: 'audit', label: m.app_page_audit, icon: ScrollText, keys: 'g u', component: Audit },
    { id: 'gateway', label: m.app_page_gateway, icon: ServerCog, keys: 'g g', component: GatewayPage },
  ],
];

/** The page of that name. */
export function entryOf(id: PageId): Entry {
  const found = pages.flat().find((entry) => entry.id === id);
  if (!found) throw new Error(`no page ${id}`);
  return found;
}
