/**
 * Whether a gateway takes clients, in a word and a dot. What it does not say is a dash.
 */
import type { Readiness } from '../../generated';
import type { Tone } from '../../kit/tone';
import { m } from '../../paraglide/messages.js';

interface Look {
  word: string;
  tone: Tone;
  shape: 'full' | 'hollow';
}

export function readinessLook(readiness: Readiness | null): Look {
  switch (readiness) {
    case 'ready':
      return { word: m.node_ready(), tone: 'ok', shape: 'full' };
    case 'notReady':
      return { word: m.node_not_ready(), tone: 'warn', shape: 'hollow' };
    case null:
      return { word: '–', tone: 'neutral', shape: 'hollow' };
  }
}
