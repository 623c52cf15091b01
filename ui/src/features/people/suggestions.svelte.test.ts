import { beforeEach, describe, expect, it } from 'vitest';

import type { Completion, Completions } from '../../generated';
import { useHost } from '../../host';
import { Suggestions } from './suggestions.svelte';

const term = (text: string): Completion => ({ text, key: 'room', kind: 'term', count: 3 });
const key = (text: string): Completion => ({ text, key: 'room', kind: 'key', count: null });

let answers: ((completions: Completions) => void)[];

beforeEach(() => {
  answers = [];
  useHost({
    call: () => new Promise((resolve) => answers.push(resolve)),
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});

async function offered(text: string, place: { start: number; end: number }, items: Completion[]) {
  const suggestions = new Suggestions('p');
  const asked = suggestions.ask('users', { text, cursor: place.end });
  answers.at(-1)?.({ ...place, items });
  await asked;
  return suggestions;
}

describe('suggestions', () => {
  it('take the place of what was typed, and leave the rest', async () => {
    const suggestions = await offered('a -ro hits>0', { start: 3, end: 5 }, [key('room:'), term('room:lobby')]);
    expect(suggestions.take('a -ro hits>0', 1)).toEqual({ text: 'a -room:lobby hits>0', cursor: 13, kind: 'term' });
    expect(suggestions.isOpen).toBe(false);
  });

  it('end a term with a space, and leave a key open for its value', async () => {
    const first = await offered('ro', { start: 0, end: 2 }, [key('room:'), term('room:lobby')]);
    expect(first.take('ro', 0)).toEqual({ text: 'room:', cursor: 5, kind: 'key' });
    const second = await offered('ro', { start: 0, end: 2 }, [key('room:'), term('room:lobby')]);
    expect(second.take('ro', 1)).toEqual({ text: 'room:lobby ', cursor: 11, kind: 'term' });
  });

  it('are walked in both directions, and out of the list', async () => {
    const suggestions = await offered('', { start: 0, end: 0 }, [key('a'), key('b')]);
    const marks = ([1, 1, 1, -1, -1, -1] as const).map((step) => {
      suggestions.move(step);
      return suggestions.marked;
    });
    expect(marks).toEqual([0, 1, null, 1, 0, null]);
  });

  it('do not go into another text than the one that they were made for', async () => {
    const suggestions = await offered('ro', { start: 0, end: 2 }, [key('room:')]);
    expect(suggestions.take('user:x ro', 0)).toBeNull();
    expect(suggestions.take('ro', null)).toBeNull();
  });

  it('are those of the last question, however late an earlier answer comes', async () => {
    const suggestions = new Suggestions('p');
    const first = suggestions.ask('users', { text: 'r', cursor: 1 });
    const second = suggestions.ask('users', { text: 'ro', cursor: 2 });
    answers[1]?.({ start: 0, end: 2, items: [key('room:')] });
    answers[0]?.({ start: 0, end: 1, items: [] });
    await Promise.all([first, second]);
    expect(suggestions.items.map(({ text }) => text)).toEqual(['room:']);
  });

  it('do not come back after they were closed', async () => {
    const suggestions = new Suggestions('p');
    const asked = suggestions.ask('users', { text: 'r', cursor: 1 });
    suggestions.close();
    answers[0]?.({ start: 0, end: 1, items: [key('room:')] });
    await asked;
    expect(suggestions.isOpen).toBe(false);
  });
});
