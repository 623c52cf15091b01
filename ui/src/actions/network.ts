/**
 * An address or a network, as somebody types it.
 *
 * Owns what can be one at all; the gateway has the last word, and brings it into its canonical form.
 */

/** Wider networks cannot be banned: they would keep out half the world. */
const LEAST_BITS = { v4: 8, v6: 16 };

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`, trimmed; `null` where it can be none. */
export function readNetwork(typed: string): string | null {
  const text = typed.trim();
  const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const kind = isV4(address) ? 'v4' : isV6(address) ? 'v6' : null;
  if (kind === null) return null;
  if (bits === undefined) return text;
  const length = Number(bits);
  return length >= LEAST_BITS[kind] && length <= (kind === 'v4' ? 32 : 128) ? text : null;
}

function isV4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const size = groups.length + (isV4(last) ? 1 : 0);
  const sound = groups.every((group, index) => {
    return /^[0-9a-f]{1,4}$/i.test(group) || (index === groups.length - 1 && isV4(group));
  });
  return sound && (halves.length === 2 ? size < 8 : size === 8);
}
