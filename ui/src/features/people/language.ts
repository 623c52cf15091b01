/**
 * The filter language in words: what each key is about, how it is written, and what a mistake means.
 */
import type { FilterKey, FilterProblem } from '../../generated';
import { m } from '../../paraglide/messages.js';
import { quoted } from '../../words/quoted';
import { isolated } from '../../words/visible';

/** How each key is written, in the order in which the language is explained. */
export const EXAMPLES: Readonly<Record<FilterKey, string>> = {
  user: 'user:ali*',
  id: 'id:42',
  room: 'room:lobby',
  ns: 'ns:/web',
  ip: 'ip:10.0.0.0/8',
  client: 'client:firefox',
  node: 'node:gw-1',
  idle: 'idle>5m',
  online: 'online<1h30m',
  hits: 'hits>0',
  connections: 'connections>1',
  is: 'is:operator',
};

const MEANINGS: Readonly<Record<FilterKey, () => string>> = {
  user: m.filter_key_user,
  id: m.filter_key_id,
  room: m.filter_key_room,
  ns: m.filter_key_ns,
  ip: m.filter_key_ip,
  client: m.filter_key_client,
  node: m.filter_key_node,
  idle: m.filter_key_idle,
  online: m.filter_key_online,
  hits: m.filter_key_hits,
  connections: m.filter_key_connections,
  is: m.filter_key_is,
};

export const meaningOf = (key: FilterKey): string => MEANINGS[key]();

/** A text that is cut where the offending part is. */
export function cut(text: string, { start, end }: Pick<FilterProblem, 'start' | 'end'>) {
  return { before: text.slice(0, start), marked: text.slice(start, end), behind: text.slice(end) };
}

/** The text with what would be right; `null` where nobody knows what that is. */
export function mended(text: string, problem: FilterProblem): string | null {
  if (problem.instead === null) return null;
  const { before, behind } = cut(text, problem);
  return before + problem.instead + behind;
}

/** What is wrong with a text, and what would be right. */
export function problemWords(text: string, { fault, key, ...at }: FilterProblem): string {
  const part = isolated(cut(text, at).marked);
  const example = key === null ? '' : EXAMPLES[key];
  switch (fault) {
    case 'unknownKey':
      return key === null ? m.filter_fault_no_key({ part }) : m.filter_fault_unknown_key({ part });
    case 'noValue':
      return key === null ? m.filter_fault_empty() : m.filter_fault_no_value({ example });
    case 'wrongOperator':
      return m.filter_fault_operator({ part, example });
    case 'notANumber':
      return m.filter_fault_number({ part, example });
    case 'notADuration':
      return m.filter_fault_duration({ part, example });
    case 'notANetwork':
      return m.filter_fault_network({ part });
    case 'noSuchState':
      return m.filter_fault_state({ part });
    case 'openQuote':
      return m.filter_fault_quote();
    case 'nothingNegated':
      return m.filter_fault_minus();
  }
}

/** A term that looks for exactly this text. */
export function term(key: FilterKey, text: string): string {
  const value = /[\s"*?]/.test(text) ? quoted(text) : text;
  return `${key}:${value}`;
}
