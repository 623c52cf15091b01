import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Column } from './columns';
import DataTable from './DataTable.svelte';

interface Row {
  id: number;
}

const HEIGHT = 28 + 10 * 30;
const columns: Column<Row>[] = [
  { id: 'id', header: 'ID', width: 80, sortable: true, text: (row) => String(row.id) },
  { id: 'twice', header: 'Twice', width: 80, text: (row) => String(row.id * 2) },
];

let table: Record<string, unknown> | undefined;
let height: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  height = vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(HEIGHT);
});

afterEach(async () => {
  height.mockRestore();
  if (table) await unmount(table);
  table = undefined;
});

/** A table of a thousand rows, of which those from `start` are loaded. */
function shown(more: Record<string, unknown> = {}, start = 0, loaded = 100) {
  const told = { window: vi.fn(), activate: vi.fn(), select: vi.fn(), hold: vi.fn(), sort: vi.fn(), all: vi.fn() };
  table = mount(DataTable<Row>, {
    target: document.body,
    props: {
      label: 'Numbers',
      columns,
      total: 1000,
      start,
      rows: Array.from({ length: loaded }, (_, index) => ({ id: start + index })),
      key: (row) => `k${row.id}`,
      onWindow: told.window,
      onActivate: told.activate,
      onSelect: told.select,
      onSelectAll: told.all,
      onHold: told.hold,
      onSort: told.sort,
      ...more,
    },
  });
  flushSync();
  const grid = document.querySelector<HTMLElement>('[role=grid]');
  if (!grid) throw new Error('there is no grid');
  return {
    told,
    grid,
    press: (key: string, init: KeyboardEventInit = {}) => {
      grid.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
      flushSync();
    },
    current: () => document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')?.dataset['key'],
  };
}

describe('a table', () => {
  it('says which rows can be seen, and has only those and a few more in the document', () => {
    const { told, grid } = shown();
    expect(told.window).toHaveBeenLastCalledWith(0, 10);
    expect(grid.querySelectorAll('[role=row]').length).toBeLessThan(30);
    expect(grid.getAttribute('aria-rowcount')).toBe('1001');
  });

  it('draws rows that are not loaded as placeholders', () => {
    const { grid } = shown({}, 500);
    expect(grid.querySelectorAll('[data-key]')).toHaveLength(0);
    expect(grid.querySelectorAll('.skeleton').length).toBeGreaterThan(0);
  });

  it('keeps the element of a row that moves down', () => {
    const rows = (from: number) => Array.from({ length: 9 }, (_, index) => ({ id: from + index }));
    const props = $state({ label: 'Numbers', columns, total: 9, rows: rows(1), key: (row: Row) => `k${row.id}` });
    table = mount(DataTable<Row>, { target: document.body, props });
    flushSync();
    const element = (key: string) => document.querySelector(`[data-key=${key}]`);
    const before = [element('k1'), element('k8'), element('k9')];
    props.rows = rows(0);
    flushSync();
    expect([element('k1'), element('k8'), element('k0')]).toEqual(before);
    expect(element('k1')?.getAttribute('aria-rowindex')).toBe('3');
  });

  it('explains a cell while it is pointed at, and no longer', () => {
    const { grid } = shown();
    const cell = grid.querySelector<HTMLElement>('[data-key=k3] [data-column=twice]');
    const point = (type: string) => cell?.dispatchEvent(new PointerEvent(type, { bubbles: true }));
    expect(cell?.title).toBe('');
    point('pointerover');
    expect(cell?.title).toBe('6');
    point('pointerout');
    expect(cell?.title).toBe('');
  });

  it('is walked with the arrows, and names the row it is on', () => {
    const { press, current } = shown();
    press('ArrowDown');
    expect(current()).toBe('k0');
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowUp');
    expect(current()).toBe('k1');
    press('PageDown');
    expect(current()).toBe('k10');
  });

  it('opens the row it is on with Enter', () => {
    const { press, told } = shown();
    press('ArrowDown');
    press('Enter');
    expect(told.activate).toHaveBeenCalledWith({ id: 0 });
  });

  it('selects with Space, and a range with Shift', () => {
    const { press, told } = shown({ selected: new Set<string>() });
    press('ArrowDown');
    press(' ');
    expect(told.select).toHaveBeenLastCalledWith(new Set(['k0']));
    press('ArrowDown', { shiftKey: true });
    expect(told.select).toHaveBeenLastCalledWith(new Set(['k0', 'k1']));
  });

  it('selects nothing where there is no selection', () => {
    const { press, told } = shown();
    press('ArrowDown');
    press(' ');
    expect(told.select).not.toHaveBeenCalled();
  });

  it('leaves the choice of everything to its owner', () => {
    const { press, told } = shown({ selected: new Set<string>() });
    press('a', { ctrlKey: true });
    expect(told.all).toHaveBeenCalledOnce();
  });

  it('asks for the menu of a row, by the pointer and by its key', () => {
    const menu = vi.fn();
    const { press, grid } = shown({ onMenu: menu });
    press('ArrowDown');
    press('ContextMenu');
    press('F10', { shiftKey: true });
    expect(menu.mock.calls.map(([row]: unknown[]) => row)).toEqual([{ id: 0 }, { id: 0 }]);
    const row = grid.querySelector('[data-key=k3]');
    const wanted = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 40, clientY: 50 });
    row?.dispatchEvent(wanted);
    expect(menu).toHaveBeenLastCalledWith({ id: 3 }, { x: 40, y: 50 });
    expect(wanted.defaultPrevented).toBe(true);
  });

  it('gives up its selection with Escape, and leaves Escape to others where there is none', () => {
    const { press, told, grid } = shown({ selected: new Set(['k1']) });
    press('Escape');
    expect(told.select).toHaveBeenLastCalledWith(new Set());
    expect(grid.querySelector('[data-key=k1]')?.getAttribute('aria-selected')).toBe('true');
  });

  it('says when its rows must stay where they are', () => {
    const { told, grid } = shown();
    expect(told.hold).toHaveBeenLastCalledWith(false);
    grid.focus();
    flushSync();
    expect(told.hold).toHaveBeenLastCalledWith(true);
    grid.blur();
    flushSync();
    expect(told.hold).toHaveBeenLastCalledWith(false);
  });

  it('says by which column it is sorted, and asks for another order', () => {
    const { told } = shown({ sort: { column: 'id', direction: 'descending' } });
    const [id, twice] = document.querySelectorAll('[role=columnheader]');
    expect(id?.getAttribute('aria-sort')).toBe('descending');
    expect(twice?.getAttribute('aria-sort')).toBeNull();
    id?.querySelector('button')?.click();
    expect(told.sort).toHaveBeenCalledWith('id');
  });

  it.each([
    [500, ['id']],
    [600, ['id', 'twice']],
  ])('%d px wide, it has the columns %j', (width, ids) => {
    const measured = vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(width);
    shown({ columns: columns.map((column) => (column.id === 'twice' ? { ...column, from: 600 } : column)) });
    const headers = [...document.querySelectorAll('[role=columnheader]')].map((header) => header.textContent.trim());
    expect(headers.map((header) => header.toLowerCase())).toEqual(ids);
    measured.mockRestore();
  });

  it('shows what waits with the full stop, but not while one types', () => {
    const show = vi.fn();
    shown({ waiting: 3, onShowWaiting: show });
    const input = document.body.appendChild(document.createElement('input'));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true }));
    expect(show).not.toHaveBeenCalled();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true }));
    expect(show).toHaveBeenCalledOnce();
    input.remove();
  });

  it('says in its head how many are selected, and selects all or none there', () => {
    const box = () => document.querySelector<HTMLElement>('[data-testid="select-all"]');
    const cases = [
      [new Set<string>(), {}, 'false'],
      [new Set(['k1']), {}, 'mixed'],
      [new Set(['k1']), { everything: true }, 'true'],
      [new Set(['k1', 'k2']), { total: 2 }, 'true'],
    ] as const;
    for (const [selected, more, state] of cases) {
      const { told } = shown({ selected, ...more });
      expect([box()?.getAttribute('aria-checked'), box()?.getAttribute('aria-label')]).toEqual([state, 'Select all']);
      box()?.click();
      flushSync();
      if (state === 'true') expect(told.select).toHaveBeenCalledWith(new Set());
      else expect(told.all).toHaveBeenCalledOnce();
      if (table) void unmount(table);
      table = undefined;
      document.body.replaceChildren();
    }
  });

  it('leaves out the columns that are not wanted, and says how to choose others only where one can', () => {
    const heads = () => [...document.querySelectorAll('[role=columnheader]')].map((head) => head.textContent.trim());
    shown({ hidden: ['twice', 'id'], onHidden: vi.fn() });
    expect(heads()).toEqual(['ID']);
    expect(document.querySelector('[data-testid="columns"]')).not.toBeNull();
    if (table) void unmount(table);
    shown();
    expect(heads()).toEqual(['ID', 'Twice']);
    expect(document.querySelector('[data-testid="columns"]')).toBeNull();
  });
});
