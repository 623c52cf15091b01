/** How a link is, in a word, a dot and a tone: the same wherever it is shown. */
import type { Gateway, LinkState } from '../generated';
import type { Tone } from '../kit/tone';
import { m } from '../paraglide/messages.js';
import { visible } from '../words/visible';

export interface LinkLook {
  word: string;
  tone: Tone;
  shape: 'full' | 'hollow' | 'half';
  pulse: boolean;
}

export function linkLook({ link, figures }: Pick<Gateway, 'link' | 'figures'>): LinkLook {
  switch (link.state) {
    case 'live':
      return { word: m.app_link_live(), tone: 'ok', shape: 'full', pulse: false };
    case 'loading':
      return { word: m.app_link_loading(), tone: 'accent', shape: 'half', pulse: true };
    case 'connecting':
      return { word: m.app_link_connecting(), tone: 'accent', shape: 'hollow', pulse: true };
    case 'waiting':
      // What has never been there cannot be lost.
      return figures
        ? { word: m.app_link_waiting(), tone: 'bad', shape: 'half', pulse: false }
        : { word: m.app_link_unreached(), tone: 'bad', shape: 'hollow', pulse: false };
    case 'signedOut':
      return { word: m.app_link_signed_out(), tone: 'warn', shape: 'hollow', pulse: false };
    case 'closed':
      return { word: m.app_link_closed(), tone: 'neutral', shape: 'hollow', pulse: false };
  }
}

/** Whether what is on the screen is no longer what is. */
export function isStale(link: LinkState): boolean {
  return link.state === 'loading' ? link.since !== null : link.state !== 'live';
}

/** Whole seconds until a moment, never below zero. */
export function secondsUntil(moment: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(moment) - now) / 1000));
}

/** The host and port of a gateway's address: what one recognises it by. */
export function hostOf(url: string): string {
  return visible(url.replace(/^https?:\/\//, '').replace(/\/+$/, ''));
}
