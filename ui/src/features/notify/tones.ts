/** The kinds of notifications: their names, icons and colours. */
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Info from '@lucide/svelte/icons/info';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { Tone as Kind } from '../../generated';
import type { Icon, Tone } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';

export const KINDS: Record<Kind, { name: () => string; icon: Icon; tone: Exclude<Tone, 'neutral'> }> = {
  info: { name: m.notify_tone_info, icon: Info, tone: 'accent' },
  success: { name: m.notify_tone_success, icon: CircleCheck, tone: 'ok' },
  warning: { name: m.notify_tone_warning, icon: TriangleAlert, tone: 'warn' },
  error: { name: m.notify_tone_error, icon: CircleAlert, tone: 'bad' },
};
