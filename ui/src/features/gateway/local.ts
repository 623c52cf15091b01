/** The local gateway in words, and what is typed about it. */
import type { LocalGateway } from '../../generated';
import type { Tone } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';
import { reasonWords } from '../../words/reason';

export interface LocalLook {
  word: string;
  detail: string | null;
  tone: Tone;
  shape: 'full' | 'hollow' | 'half';
  pulse: boolean;
}

export function localLook(local: LocalGateway, now: number): LocalLook {
  switch (local.state) {
    case 'missing':
      return {
        word: m.gateway_missing(),
        detail: reasonWords(local.reason),
        tone: 'bad',
        shape: 'hollow',
        pulse: false,
      };
    case 'stopped':
      return local.reason === null
        ? { word: m.gateway_stopped(), detail: null, tone: 'neutral', shape: 'hollow', pulse: false }
        : { word: m.gateway_failed(), detail: reasonWords(local.reason), tone: 'bad', shape: 'hollow', pulse: false };
    case 'starting':
      return { word: m.gateway_starting(), detail: null, tone: 'accent', shape: 'half', pulse: true };
    case 'running': {
      const where = m.gateway_where({ address: local.address, pid: String(local.pid) });
      const detail = local.adopted ? `${where} ${m.gateway_adopted()}` : where;
      return { word: m.gateway_running(), detail, tone: 'ok', shape: 'full', pulse: false };
    }
    case 'restarting': {
      const seconds = Math.max(0, Math.ceil((Date.parse(local.at) - now) / 1000));
      const detail = `${reasonWords(local.reason)} ${m.gateway_restarting_in({ seconds: String(seconds) })}`;
      return { word: m.gateway_restarting(), detail, tone: 'warn', shape: 'half', pulse: true };
    }
  }
}

/** The port that a text names, 0 for a free one; `null` where it is none. */
export function portOf(text: string): number | null {
  const digits = text.trim();
  if (!/^\d{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  return port <= 65_535 ? port : null;
}
