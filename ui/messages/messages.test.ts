/** Both languages say the same things: no key is missing in one, and each message takes the same values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const HERE = join(process.cwd(), 'messages');
const settings = JSON.parse(readFileSync(join(HERE, '../project.inlang/settings.json'), 'utf8')) as {
  locales: string[];
  'plugin.inlang.messageFormat': { pathPattern: string[] };
};
const base = 'en';
const files = readdirSync(join(HERE, base)).sort();

function messages(locale: string, file: string): Record<string, unknown> {
  const all = JSON.parse(readFileSync(join(HERE, locale, file), 'utf8')) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== '$schema'));
}

/** The values that a message shows, in all of its forms. */
function shown(message: unknown): string[] {
  const forms: unknown[] = typeof message === 'string' ? [message] : Object.values(matchOf(message));
  const names = forms.flatMap((form) => [...String(form).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''));
  return [...new Set(names)].sort();
}

function matchOf(message: unknown): Record<string, unknown> {
  const [first] = message as { match: Record<string, unknown> }[];
  return first?.match ?? {};
}

describe.each(settings.locales.filter((locale) => locale !== base))('the messages in %s', (locale) => {
  it('are in the same files', () => {
    expect(readdirSync(join(HERE, locale)).sort()).toEqual(files);
  });

  it.each(files)('have the keys of %s', (file) => {
    expect(Object.keys(messages(locale, file)).sort()).toEqual(Object.keys(messages(base, file)).sort());
  });

  it.each(files)('show each value that %s shows', (file) => {
    const theirs = messages(locale, file);
    for (const [key, message] of Object.entries(messages(base, file)))
      expect(shown(theirs[key]), key).toEqual(expect.arrayContaining(shown(message)));
  });

  it.each(files)('show no value that %s does not have', (file) => {
    const english = messages(base, file);
    for (const [key, message] of Object.entries(messages(locale, file))) {
      const declared = JSON.stringify(english[key]);
      for (const name of shown(message)) {
        expect(declared, `${key} shows {${name}}`).toMatch(new RegExp(`\\{${name}\\}|input ${name}`));
      }
    }
  });
});

describe('the messages', () => {
  it('are all compiled', () => {
    const listed = settings['plugin.inlang.messageFormat'].pathPattern.map((path) => path.split('/').at(-1));
    expect(listed.sort()).toEqual(files);
  });

  it('have each key once', () => {
    const keys = files.flatMap((file) => Object.keys(messages(base, file)));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});
