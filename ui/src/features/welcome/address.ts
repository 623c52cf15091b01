/** What somebody types for a gateway's address or a port, made whole. */

import { isThisMachine } from '../../words/host';

/** `rt.example.com` → `https://rt.example.com`; a host of this machine is reached over plain http. */
export function completed(typed: string): string {
  const text = typed.trim();
  if (text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const [host] = /^(\[[^\]]*\]|[^:/]*)/.exec(text) ?? [''];
  return isThisMachine(host) ? `http://${text}` : `https://${text}`;
}

/** A port; 0 means any that is free. `null` where it can be none. */
export function portOf(typed: string): number | null {
  const text = typed.trim();
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65_535 ? port : null;
}
