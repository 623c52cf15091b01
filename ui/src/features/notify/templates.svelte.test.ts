import { beforeEach, describe, expect, it } from 'vitest';

import { read, templates, type Template } from './templates.svelte';

const template = (title: string, message = ''): Template => ({ tone: 'info', title, message, data: '' });

beforeEach(() => {
  for (const kept of templates.all) templates.forget(kept);
});

describe('templates', () => {
  it('are kept by title, the latest first', () => {
    templates.keep(template('a', 'old'));
    templates.keep(template('b'));
    templates.keep(template(' a ', 'new'));
    expect(read()).toEqual([template('a', 'new'), template('b')]);
  });

  it('are forgotten one by one', () => {
    templates.keep(template('a'));
    templates.keep(template('b'));
    const [latest] = templates.all;
    if (latest) templates.forget(latest);
    expect(read().map(({ title }) => title)).toEqual(['a']);
  });

  it.each(['{', '{"a":1}', '[{"title":"a"},{"tone":"loud","title":"a","message":"","data":""}]'])(
    'leave out what is damaged: %s',
    (kept) => {
      localStorage.setItem('notify.templates', kept);
      expect(read()).toEqual([]);
    },
  );
});
