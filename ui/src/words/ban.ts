/**
 * Whom a ban keeps out, put into words.
 */
import type { BanTarget } from '../generated';
import { m } from '../paraglide/messages.js';
import { isolated } from './visible';

/** For use within a sentence: `user 7`, `203.0.113.0/24`. */
export function bannedText(target: BanTarget): string {
  return 'user' in target
    ? m.bans_target_user({ id: isolated(String(target.user)) })
    : isolated(shortNetwork(target.address));
}

/** A network without a length that says nothing: a single address. */
export function shortNetwork(network: string): string {
  return network.replace(network.includes(':') ? /\/128$/ : /\/32$/, '');
}
