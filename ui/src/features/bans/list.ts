/**
 * The bans, as the page looks at them.
 *
 * Owns what the filter finds in a ban. The gateway keeps them in the order of whom they keep out, and has no filter of
 * its own: what was read is what is filtered, and the page says how much that is.
 */
import type { Ban, BanTarget } from '../../generated';
import { shortNetwork } from '../../words/ban';

/** Whom a ban keeps out, as one writes it. */
export function whomOf(target: BanTarget): string {
  return 'user' in target ? String(target.user) : shortNetwork(target.address);
}

/** A ban's place in the list: a user may be called like an address. */
export function keyOf({ target }: Ban): string {
  return 'user' in target ? `user ${String(target.user)}` : `address ${target.address}`;
}

/** The bans in which every word of the filter occurs, in any case. */
export function matching(bans: readonly Ban[], filter: string): readonly Ban[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return bans;
  return bans.filter((ban) => {
    const text = `${whomOf(ban.target)}\n${ban.reason}\n${ban.by}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
