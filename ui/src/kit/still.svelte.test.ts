import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Still } from './still.svelte';

interface Score {
  name: string;
  hits: number;
}
const score = (text: string): Score => {
  const [name = '', hits] = text.split(':');
  return { name, hits: Number(hits) };
};

let scores = $state.raw<readonly Score[]>([]);
let filter = $state('');
let list: HTMLElement;
let still: Still<Score>;
let leave: () => void;

const listed = (text: string) => {
  scores = text.split(' ').map(score);
  flushSync();
};
const shown = () => still.lines.map(({ item, gone }) => `${item.name}:${item.hits}${gone ? ' gone' : ''}`).join(' ');
const point = (movementX: number) => list.dispatchEvent(new MouseEvent('pointermove', { movementX }));
const go = () => list.dispatchEvent(new MouseEvent('pointerleave'));

beforeEach(() => {
  document.body.innerHTML = '<ol><li><button></button></li></ol><button></button>';
  list = document.querySelector('ol') ?? document.body;
  still = new Still(
    () => scores,
    ({ name }) => name,
    () => filter,
  );
  leave = still.place(list);
  listed('bob:3 eve:2');
});
afterEach(() => leave());

describe('a list that is pointed at', () => {
  it('keeps its order, says the latest, marks who has left, and lets nobody in', () => {
    point(1);
    listed('ann:9 eve:7');
    expect(shown()).toBe('bob:3 gone eve:7');
    go();
    expect(shown()).toBe('ann:9 eve:7');
  });

  it('moves under a pointer that rests', () => {
    point(0);
    listed('eve:7 bob:3');
    expect(shown()).toBe('eve:7 bob:3');
  });

  it('shows at once a list of something else, wherever the pointer moves meanwhile, and then rests again', () => {
    point(1);
    listed('bob:4');
    point(1);
    filter = 'ann';
    listed('ann:9');
    expect(shown()).toBe('ann:9');
    point(1);
    listed('zoe:9');
    expect(shown()).toBe('ann:9 gone');
  });

  it('is filled where nobody was in it', () => {
    scores = [];
    point(1);
    listed('ann:9');
    expect(shown()).toBe('ann:9');
  });
});

describe('a list that has the focus', () => {
  it('stays until the focus and the pointer have left it', () => {
    const [inside, outside] = document.querySelectorAll('button');
    inside?.focus();
    point(1);
    go();
    listed('eve:7 bob:3');
    expect(shown()).toBe('bob:3 eve:7');
    outside?.focus();
    expect(shown()).toBe('eve:7 bob:3');
  });
});
