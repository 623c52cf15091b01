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

/** A window arrives, and the page sees it. */
function window(table: PeopleTable) {
  const update: PeopleUpdate = { total: 0, matching: 0, waiting: 0, start: 0, window: [], changed: [] };
  listener.update({ view: 'people', ...update });
  table.arrived(table.feed.now.windows);
}

describe('the people table', () => {
  it('freezes while it is held, and no longer', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.hold(true);
    table.hold(false);
    expect(orders()).toEqual(['live', 'frozen', 'live']);
  });

  it('shows what waits at once, and rests again when it has come', () => {
    const table = new PeopleTable(users);
    window(table);
    table.hold(true);
    table.showWaiting();
    expect(orders().at(-1)).toBe('live');
    window(table);
    expect(orders().at(-1)).toBe('frozen');
    window(table);
    expect(orders()).toEqual(['live', 'frozen', 'live', 'frozen']);
  });

  it('sorts a frozen table when asked to', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.ask({ ...users, sort: 'hits' });
    expect(asked.at(-1)).toMatchObject({ sort: 'hits', order: 'live', start: 0 });
    window(table);
    expect(asked.at(-1)).toMatchObject({ sort: 'hits', order: 'frozen' });
  });

  it('stays live when it is let go of before the answer has come', () => {
    const table = new PeopleTable(users);
    table.hold(true);
    table.showWaiting();
    table.hold(false);
    window(table);
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
