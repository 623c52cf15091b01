/**
 * Notifications that are sent again and again: what they say, not to whom. Kept in this window's storage, for all
 * gateways.
 *
 * Owns how they are kept. What it finds damaged it leaves out.
 */
import type { Tone } from '../../generated';
import type { Draft } from './draft';
import { KINDS } from './tones';

export type Template = Pick<Draft, 'tone' | 'title' | 'message' | 'data'>;

const KEY = 'notify.templates';
/** More than these nobody finds again. */
const MOST = 50;

class Templates {
  all = $state.raw<readonly Template[]>(read());

  /** Keeps a template under its title, in place of the one that had it. */
  keep({ tone, title, message, data }: Template): void {
    const name = title.trim();
    const others = this.all.filter((other) => other.title !== name);
    this.#set([{ tone, title: name, message, data }, ...others].slice(0, MOST));
  }

  forget(template: Template): void {
    this.#set(this.all.filter((other) => other !== template));
  }

  #set(all: readonly Template[]): void {
    this.all = all;
    localStorage.setItem(KEY, JSON.stringify(all));
  }
}

/** The templates as they were kept. */
export function read(): Template[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isTemplate).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isTemplate(value: unknown): value is Template {
  if (typeof value !== 'object' || value === null) return false;
  const { tone, title, message, data } = value as Record<keyof Template, unknown>;
  return [title, message, data].every((text) => typeof text === 'string') && Object.hasOwn(KINDS, tone as Tone);
}

export const templates = new Templates();
