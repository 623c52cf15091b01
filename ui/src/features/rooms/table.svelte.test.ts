import { beforeEach, describe, expect, it } from 'vitest';

import type { ViewQuery } from '../../generated';
import { useHost } from '../../host';
import { RoomsTable } from './table.svelte';

let asked: ViewQuery[];
beforeEach(() => {
  asked = [];
  useHost({
    call: () => Promise.reject(new Error('nothing is called')),
    openView: (query) => {
      asked.push(query);
      return { change: (next) => void asked.push(next), close: () => undefined };
    },
  });
});

const last = () => asked.at(-1);
const orders = () => asked.map((query) => (query.view === 'rooms' ? query.order : null));

describe('the rooms table', () => {
  it('begins with the largest rooms, and turns the order around', () => {
    const table = new RoomsTable('p', '');
    expect(last()).toMatchObject({ sort: 'members', direction: 'descending', start: 0 });
    table.sortBy('name');
    expect(last()).toMatchObject({ sort: 'name', direction: 'ascending' });
    table.sortBy('name');
    expect(last()).toMatchObject({ sort: 'name', direction: 'descending' });
  });

  it('puts those first in which most is said, where that is asked for', () => {
    const table = new RoomsTable('p', '');
    table.sortBy('traffic');
    table.sortBy('traffic');
    table.busiest();
    expect(last()).toMatchObject({ sort: 'traffic', direction: 'descending', start: 0 });
  });

  it('begins at the top with another filter, and asks nothing twice', () => {
    const table = new RoomsTable('p', '');
    table.see(400, 30);
    table.filter('lobby');
    table.filter('lobby');
    expect(asked).toHaveLength(3);
    expect(last()).toMatchObject({ filter: 'lobby', start: 0 });
  });

  it('rests while somebody looks, and lets waiting rooms in when asked', () => {
    const table = new RoomsTable('p', '');
    table.hold(true);
    table.waits(5);
    table.showWaiting();
    expect(orders()).toEqual(['live', 'frozen', 'live']);
    table.waits(0);
    table.hold(false);
    expect(orders()).toEqual(['live', 'frozen', 'live', 'frozen', 'live']);
  });
});
