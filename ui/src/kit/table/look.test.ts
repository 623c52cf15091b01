import { describe, expect, it } from 'vitest';

import { chosen, sortedBy, switched, type TableLook } from './look';

const columns = ['name', 'address', 'client'].map((id) => ({ id, header: id, width: 80, text: () => id }));

describe('the look of a table', () => {
  it('leaves columns out, but never the one that names the row', () => {
    expect(chosen(columns, ['client', 'name']).map(({ id }) => id)).toEqual(['name', 'address']);
  });

  it('takes a column out and in again', () => {
    const out = switched<string>([], 'client');
    expect([out, switched(out, 'client')]).toEqual([['client'], []]);
  });

  it('sorts by a column as one wants to see it first, and then the other way round', () => {
    const first = { name: 'ascending', hits: 'descending' } as const;
    const look: TableLook<string, 'name' | 'hits'> = { hidden: ['client'], sort: 'name', direction: 'ascending' };
    const byHits = sortedBy(look, 'hits', first);
    expect(byHits).toEqual({ hidden: ['client'], sort: 'hits', direction: 'descending' });
    expect(sortedBy(byHits, 'hits', first).direction).toBe('ascending');
  });
});
