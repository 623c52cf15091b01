/** What the frame itself offers to the palette and to the keyboard. */
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Plus from '@lucide/svelte/icons/plus';
import Power from '@lucide/svelte/icons/power';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Server from '@lucide/svelte/icons/server';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Sun from '@lucide/svelte/icons/sun';
import type { Command } from '../kit/commands.svelte';
import { locale } from '../kit/locale.svelte';
import { theme } from '../kit/theme.svelte';
import { m } from '../paraglide/messages.js';
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
  const list: Command[] = (frame.status?.gateways ?? []).map((gateway, index) => ({
    id: `gateway-${gateway.profile}`,
    group,
    label: gateway.name,
    words: hostOf(gateway.url),
    icon: Server,
    ...(index < 9 ? { keys: `mod+${index + 1}` } : {}),
    run: () => frame.choose(gateway.profile),
  }));
  list.push({ id: 'add-gateway', group, label: m.app_add_gateway(), icon: Plus, run: frame.welcome });
  const { gateway } = frame;
  if (gateway?.link.state === 'waiting') {
    list.push({
      id: 'retry',
      group,
      label: m.app_retry_now(),
      icon: RotateCw,
      run: () => void frame.retry(gateway.profile),
    });
  }
  return list;
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
    { id: 'quit', group, label: m.app_quit(), icon: Power, keys: 'mod+q', run: () => void frame.quit() },
    {
      id: 'theme',
      group,
      label: dark ? m.app_theme_to_light() : m.app_theme_to_dark(),
      icon: dark ? Sun : Moon,
      run: () => void frame.savePreferences({ theme: dark ? 'light' : 'dark' }),
    },
    {
      id: 'language',
      group,
      label: m.app_language_other(),
      words: 'language 语言 english chinese 中文',
      icon: Languages,
      run: () => void frame.savePreferences({ language: locale.current === 'en' ? 'zh-CN' : 'en' }),
    },
    { id: 'help', group, label: m.app_help(), icon: Keyboard, keys: '?', run: () => (frame.above = 'help') },
  ];
}
