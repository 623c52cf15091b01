/** What the frame itself offers to the palette and to the keyboard. */
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import LogOut from '@lucide/svelte/icons/log-out';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import Power from '@lucide/svelte/icons/power';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Scan from '@lucide/svelte/icons/scan';
import Server from '@lucide/svelte/icons/server';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Square from '@lucide/svelte/icons/square';
import Sun from '@lucide/svelte/icons/sun';
import Unplug from '@lucide/svelte/icons/unplug';
import ZoomIn from '@lucide/svelte/icons/zoom-in';
import ZoomOut from '@lucide/svelte/icons/zoom-out';
import type { Gateway } from '../generated';
import type { Command } from '../kit/commands.svelte';
import { locale } from '../kit/locale.svelte';
import { theme } from '../kit/theme.svelte';
import { ACTUAL, zoomed } from '../kit/zoom';
import { m } from '../paraglide/messages.js';
import { gatewayName } from '../words/gateway';
import { visible } from '../words/visible';
import type { Frame } from './frame.svelte';
import { hostOf } from './link';
import { pages } from './pages';

/** The pages only where there is a gateway that they can be about. */
export function frameCommands(frame: Frame, onPages: boolean): Command[] {
  return [...(onPages ? pageCommands(frame) : []), ...gatewayCommands(frame), ...consoleCommands(frame)];
}

function pageCommands(frame: Frame): Command[] {
  const group = m.app_palette_pages();
  return pages.flat().map(({ id, label, icon, keys }) => ({
    id: `page-${id}`,
    group,
    label: label(),
    icon,
    keys,
    run: () => frame.go(id),
  }));
}

function gatewayCommands(frame: Frame): Command[] {
  const group = m.app_palette_gateways();
  const list: Command[] = (frame.status?.gateways ?? []).map((gateway, index, all) => ({
    id: `gateway-${gateway.profile}`,
    group,
    label: visible(gatewayName(gateway)),
    words: hostOf(gateway.url),
    icon: Server,
    keys: gatewayKeys(index + 1, all.length),
    run: () => frame.choose(gateway.profile),
  }));
  list.push({
    id: 'add-gateway',
    group,
    label: m.app_add_gateway(),
    icon: Plus,
    keys: 'c a',
    run: frame.welcome,
  });
  const { gateway } = frame;
  return gateway ? [...list, ...linkCommands(frame, gateway)] : list;
}

/** The first nine by one key; further ones by their number, all of as many digits, so that none begins another. */
function gatewayKeys(number: number, of: number): string {
  return number < 10 ? `mod+${number}` : ['w', ...String(number).padStart(String(of).length, '0')].join(' ');
}

/** What can be done about the link to the gateway that the window is about. */
function linkCommands(frame: Frame, { profile, link, operator, local }: Gateway): Command[] {
  const group = m.app_palette_gateways();
  const list: Command[] = [];
  if (link.state === 'waiting') {
    const run = () => void frame.retry(profile);
    list.push({ id: 'retry', group, label: m.app_retry_now(), icon: RotateCw, keys: 'c r', run });
  }
  if (operator && !local) {
    const run = () => void frame.signOut(profile);
    list.push({ id: 'sign-out', group, label: m.app_sign_out(), icon: LogOut, keys: 'c o', run });
  }
  if (link.state !== 'closed') {
    const run = () => void frame.close(profile);
    list.push({ id: 'close-link', group, label: m.app_close_link(), icon: Unplug, keys: 'c x', run });
  }
  return list;
}

/** Starting and stopping the gateway of this machine, as it is now. */
function localCommands(frame: Frame): Command[] {
  const { status } = frame;
  const group = m.app_palette_console();
  if (status?.local.state === 'stopped') {
    const run = () => void frame.startLocal();
    return [{ id: 'start-local', group, label: m.app_start_local(), icon: Play, keys: 'c s', run }];
  }
  const safe = status?.gateways.some((gateway) => gateway.local && gateway.safe);
  if (status?.local.state === 'running' && !safe) {
    const run = () => void frame.stopLocal();
    return [{ id: 'stop-local', group, label: m.app_stop_this_machine(), icon: Square, keys: 'c s', run }];
  }
  return [];
}

/** How large the page is; above a dialog too, which may be what somebody cannot read. */
function zoomCommands(frame: Frame): Command[] {
  const group = m.app_palette_console();
  const now = frame.status?.preferences.zoom ?? ACTUAL;
  const sizes = [
    { id: 'zoom-in', label: m.app_zoom_in(), icon: ZoomIn, keys: 'mod++', zoom: zoomed(now, 'in') },
    { id: 'zoom-out', label: m.app_zoom_out(), icon: ZoomOut, keys: 'mod+-', zoom: zoomed(now, 'out') },
    { id: 'zoom-actual', label: m.app_zoom_actual(), icon: Scan, keys: 'mod+0', zoom: ACTUAL },
  ];
  return sizes.map(({ zoom, ...command }) => ({
    ...command,
    group,
    words: 'zoom 缩放',
    above: true,
    run: () => {
      if (zoom !== now) void frame.savePreferences({ zoom });
    },
  }));
}

function consoleCommands(frame: Frame): Command[] {
  const group = m.app_palette_console();
  const dark = theme.current === 'dark';
  return [
    {
      id: 'palette',
      group,
      label: m.app_palette(),
      keys: 'mod+k',
      unlisted: true,
      run: () => (frame.above = frame.above === 'palette' ? null : 'palette'),
    },
    {
      id: 'preferences',
      group,
      label: m.settings_title(),
      icon: SlidersHorizontal,
      keys: 'mod+,',
      run: () => frame.open('settings'),
    },
    {
      id: 'local-gateway',
      group,
      label: m.gateway_title(),
      icon: Monitor,
      keys: 'g t',
      run: () => frame.open('localGateway'),
    },
    ...localCommands(frame),
    { id: 'quit', group, label: m.app_quit(), icon: Power, keys: 'mod+q', run: () => void frame.leave('quit') },
    {
      id: 'theme',
      group,
      label: dark ? m.app_theme_to_light() : m.app_theme_to_dark(),
      icon: dark ? Sun : Moon,
      keys: 'c t',
      run: () => void frame.savePreferences({ theme: dark ? 'light' : 'dark' }),
    },
    {
      id: 'language',
      group,
      label: m.app_language_other(),
      words: 'language 语言 english chinese 中文',
      icon: Languages,
      keys: 'c l',
      run: () => void frame.savePreferences({ language: locale.current === 'en' ? 'zh-CN' : 'en' }),
    },
    ...zoomCommands(frame),
    { id: 'help', group, label: m.app_help(), icon: Keyboard, keys: '?', run: () => (frame.above = 'help') },
  ];
}
