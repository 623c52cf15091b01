import { beforeEach, describe, expect, it } from 'vitest';

import type { PeopleUpdate, ViewQuery } from '../../generated';
import { useHost, type ViewKind } from '../../host';
import type { ViewListener } from '../../host/host';
import { PeopleTable, type Asked } from './table.svelte';

let asked: ViewQuery[];
let listener: ViewListener<ViewKind>;

beforeEach(() => {
  asked = [];
  useHost({
    call: () => Promise.reject(new Error('nothing is called')),
    openView: (query, told) => {
      asked.push(query);
      listener = told as unknown as ViewListener<ViewKind>;
      return { change: (next) => void asked.push(next), close: () => undefined };
    },
  });
});

const users: Asked = { profile: 'p', rows: 'users', filter: '', sort: 'name', direction: 'ascending' };
const orders = () => asked.map((query) => (query.view === 'people' ? query.order : undefined));

/** An update arrives, and the page sees it. */
function told(table: PeopleTable, waiting: number) {
  const reading = { inForce: '', problem: null };
  const sums = { total: 0, online: 0, matching: 0, waiting };
  const update: PeopleUpdate = { ...sums, reading, start: 0, window: null, changed: [] };
  listener.update({ view: 'people', ...update });
  table.waits(table.feed.now.waiting);
}

describe('the people table', () => {
  it('freezes while it is held, and no longer', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.hold(true);
    table.hold(false);
    expect(orders()).toEqual(['live', 'frozen', 'live']);
  });

  it('lets in what waits, and rests again when none waits any more', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    told(table, 38);
    table.showWaiting();
    expect(orders().at(-1)).toBe('live');
    told(table, 39);
    expect(orders().at(-1)).toBe('live');
    told(table, 0);
    expect(orders().at(-1)).toBe('frozen');
    told(table, 0);
    expect(orders()).toEqual(['live', 'frozen', 'live', 'frozen']);
  });

  it('sorts a frozen table when asked to, and leaves it frozen', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.ask({ ...users, sort: 'hits' });
    expect(asked.at(-1)).toMatchObject({ sort: 'hits', order: 'frozen', start: 0 });
  });

  it('stays live when it is let go of before the answer has come', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.showWaiting();
    table.hold(false);
    told(table, 0);
    expect(orders().at(-1)).toBe('live');
  });

  it('asks for nothing that it shows already', () => {
    const table = new PeopleTable(users);
    table.ask({ ...users });
    table.see(0, 25);
    const before = asked.length;
    table.see(3, 25);
    table.hold(false);
    expect(asked).toHaveLength(before);
  });
});
