import { describe, expect, it } from 'vitest';

import type { FilterProblem } from '../../generated';
import { cut, mended, problemWords, term } from './language';

const problem = (part: Partial<FilterProblem>): FilterProblem => ({
  start: 0,
  end: 0,
  fault: 'noValue',
  key: null,
  instead: null,
  ...part,
});

describe('a mistake in a filter', () => {
  it('is cut out where it is, counted as this page counts', () => {
    expect(cut('é😀 usr:x', { start: 4, end: 7 })).toEqual({ before: 'é😀 ', marked: 'usr', behind: ':x' });
  });

  it('is put right where it can be guessed', () => {
    expect(mended('usr:x', problem({ end: 3, instead: 'user' }))).toBe('user:x');
    expect(mended('hits>many', problem({ start: 5, end: 9, fault: 'notANumber' }))).toBeNull();
  });

  it.each<[string, Partial<FilterProblem>, RegExp]>([
    ['usr:x', { end: 3, fault: 'unknownKey', key: 'user', instead: 'user' }, /no key .*usr/],
    ['foo:x', { end: 5, fault: 'unknownKey', instead: '"foo:x"' }, /foo:x.* quotes/],
    ['room:', { end: 5, key: 'room' }, /room:lobby/],
    ['""', { end: 2 }, /nothing/i],
    ['idle:5m', { start: 4, end: 5, fault: 'wrongOperator', key: 'idle' }, /idle>5m/],
    ['hits>x', { start: 5, end: 6, fault: 'notANumber', key: 'hits' }, /hits>0/],
    ['idle>5', { start: 5, end: 6, fault: 'notADuration', key: 'idle' }, /idle>5m/],
    ['ip:x', { start: 3, end: 4, fault: 'notANetwork', key: 'ip' }, /10\.0\.0\.0\/8/],
    ['is:x', { start: 3, end: 4, fault: 'noSuchState', key: 'is' }, /operator/],
    ['"a', { end: 2, fault: 'openQuote' }, /quote/],
    ['-', { end: 1, fault: 'nothingNegated' }, /-room:lobby/],
  ])('%s says what is wrong and what would be right', (text, part, words) => {
    expect(problemWords(text, problem(part))).toMatch(words);
  });
});

describe('a term', () => {
  it.each([
    ['lobby', 'room:lobby'],
    ['my lobby', 'room:"my lobby"'],
    ['a*"\\', 'room:"a*\\"\\\\"'],
  ])('looks for exactly %s', (text, written) => {
    expect(term('room', text)).toBe(written);
  });
});
