import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ViewQuery } from '../generated';
import { useHost } from '../host';
import { Finder, REST_MS, userFilter } from './finder.svelte';

describe('what is typed', () => {
  it.each([
    ['bob', 'user:*bob*'],
    [' ann  lee ', 'user:*ann* user:*lee*'],
    ['王芳', 'user:*王芳*'],
    ['user:7', '"user:7"'],
    ['"', ''],
  ])('as “%s” is looked for as %s', (typed, filter) => expect(userFilter(typed)).toBe(filter));
});

describe('the finder', () => {
  const asked: ViewQuery[] = [];
  let closed = 0;
  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = closed = 0;
    useHost({
      call: () => Promise.reject(new Error('nothing is called')),
      openView: (query) => {
        asked.push(query);
        return { change: (next) => void asked.push(next), close: () => void (closed += 1) };
      },
    });
  });
  afterEach(() => vi.useRealTimers());

  it('asks when typing rests, for a few of each, and again in the same views', () => {
    const finder = new Finder('p');
    finder.look('b');
    finder.look('bo');
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(REST_MS);
    expect(asked).toMatchObject([
      { view: 'people', profile: 'p', filter: 'user:*bo*', rows: 'users', count: 6 },
      { view: 'rooms', profile: 'p', filter: 'bo', count: 6 },
    ]);
    finder.look('bob');
    vi.advanceTimersByTime(REST_MS);
    expect(asked.slice(2)).toMatchObject([{ filter: 'user:*bob*' }, { filter: 'bob' }]);
  });

  it('leaves nothing open where nothing is typed, or nobody looks', () => {
    const finder = new Finder('p');
    finder.look('bob');
    vi.advanceTimersByTime(REST_MS);
    finder.look(' ');
    expect([closed, finder.people, finder.rooms]).toEqual([2, [], []]);
    finder.look('eve');
    finder.close();
    vi.advanceTimersByTime(REST_MS);
    expect(asked).toHaveLength(2);
  });
});
