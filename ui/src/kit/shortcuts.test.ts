import { describe, expect, it } from 'vitest';
import { keyCaps } from './keys';
import { isTyping, pressName, ShortcutMatcher } from './shortcuts';

const shortcuts = [{ keys: 'g p' }, { keys: 'g o' }, { keys: 'p' }, { keys: 'mod+k' }, { keys: '?' }];
const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('shortcuts', () => {
  it('match a single key', () => {
    expect(new ShortcutMatcher().match('p', 0, shortcuts)?.keys).toBe('p');
  });

  it('match a sequence before the single key that ends it', () => {
    const matcher = new ShortcutMatcher();
    expect(matcher.match('g', 0, shortcuts)).toBeUndefined();
    expect(matcher.match('p', 300, shortcuts)?.keys).toBe('g p');
  });

  it('match a sequence of more than two keys', () => {
    const matcher = new ShortcutMatcher();
    const longer = [...shortcuts, { keys: 'w 1 0' }, { keys: 'w 1 2' }];
    expect(['w', '1', '2', 'p'].map((key, at) => matcher.match(key, at, longer)?.keys)).toEqual([
      undefined,
      undefined,
      'w 1 2',
      'p',
    ]);
  });

  it('forget the first key of a sequence after a while', () => {
    const matcher = new ShortcutMatcher();
    matcher.match('g', 0, shortcuts);
    expect(matcher.match('p', 5000, shortcuts)?.keys).toBe('p');
  });

  it('forget it after another key', () => {
    const matcher = new ShortcutMatcher();
    matcher.match('g', 0, shortcuts);
    matcher.match('x', 100, shortcuts);
    expect(matcher.match('o', 200, shortcuts)).toBeUndefined();
  });

  it('know the modifier of the system', () => {
    expect(pressName({ ...plain, key: 'k', ctrlKey: true }, false)).toBe('mod+k');
    expect(pressName({ ...plain, key: 'k', metaKey: true }, true)).toBe('mod+k');
    expect(pressName({ ...plain, key: '=', ctrlKey: true }, false)).toBe('mod++');
    expect(pressName({ ...plain, key: '+', ctrlKey: true, shiftKey: true }, false)).toBe('mod++');
    expect(pressName({ ...plain, key: '=' }, false)).toBe('=');
    expect(pressName({ ...plain, key: 'k', metaKey: true }, false)).toBe('other+k');
  });

  it('take a sign as the keyboard makes it, with or without Shift', () => {
    expect(pressName({ ...plain, key: '?', shiftKey: true }, false)).toBe('?');
    expect(pressName({ ...plain, key: 'Enter', shiftKey: true }, false)).toBe('shift+Enter');
  });

  it('leave typing alone', () => {
    const input = document.createElement('input');
    const box = document.createElement('input');
    box.type = 'checkbox';
    expect(isTyping({ target: input })).toBe(true);
    expect(isTyping({ target: document.createElement('textarea') })).toBe(true);
    expect(isTyping({ target: box })).toBe(false);
    expect(isTyping({ target: document.body })).toBe(false);
  });

  it.each([
    ['mod+k', false, ['Ctrl', 'K']],
    ['mod+k', true, ['⌘', 'K']],
    ['g p', false, ['G', 'P']],
    ['mod+,', false, ['Ctrl', ',']],
    ['Escape', false, ['Esc']],
    ['+', false, ['+']],
  ])('are written as the system writes them: %s', (keys, apple, caps) => {
    expect(keyCaps(keys, apple)).toEqual(caps);
  });
});
