/**
 * The configuration as it is looked at: what differs from the defaults, what is searched for, and how a value reads.
 *
 * It must never show what the gateway hides, nor say what the default is where the gateway does not.
 */
import type { Setting, SettingOrigin } from '../../generated';
import { list } from '../../kit/format';
import { m } from '../../paraglide/messages.js';

/** What the gateway writes in the place of a secret. */
const HIDDEN = '(secret)';

export const ORIGINS: Record<SettingOrigin, () => string> = {
  default: m.node_origin_default,
  file: m.node_origin_file,
  environment: m.node_origin_environment,
  flag: m.node_origin_flag,
};

/** How a value is shown: hidden, not set, or as a text. */
export type Shown = { is: 'hidden' } | { is: 'unset' } | { is: 'text'; text: string };

export function shown(value: unknown): Shown {
  if (value === HIDDEN) return { is: 'hidden' };
  if (value === null || value === undefined) return { is: 'unset' };
  return { is: 'text', text: written(value) };
}

/** The default; `null` where a gateway that is older than this console does not say it. */
export function shownDefault({ default: otherwise }: Setting): Shown | null {
  return otherwise === undefined ? null : shown(otherwise);
}

/** Whether it is not what it would be if nobody had said anything. */
export function differs({ value, default: otherwise, origin }: Setting): boolean {
  if (otherwise === undefined) return origin !== 'default';
  return JSON.stringify(value) !== JSON.stringify(otherwise);
}

/** The settings in which every word occurs, in the key or the value, in any case. */
export function matching(settings: readonly Setting[], words: string): readonly Setting[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return settings;
  return settings.filter(({ key, value }) => {
    const said = shown(value);
    const text = `${key}\n${said.is === 'text' ? said.text : ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function written(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (Array.isArray(value)) return value.length === 0 ? m.node_value_none() : list(value.map(written));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key} = ${written(inner)}`);
    return entries.length === 0 ? m.node_value_none() : entries.join('\n');
  }
  return String(value);
}
