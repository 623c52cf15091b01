import { expect, it } from 'vitest';

import { deskOf } from './desk.svelte';
import { emptyDraft } from './draft';

it('a desk keeps its draft, and gives back what another draft took the place of', () => {
  const desk = deskOf('a');
  desk.draft.title = 'Maintenance';
  expect(deskOf('a').draft.title).toBe('Maintenance');
  expect(deskOf('b').draft.title).toBe('');

  desk.take({ ...emptyDraft(), title: 'Welcome' });
  expect(desk.hasAside).toBe(true);
  desk.bringBack();
  expect(desk.draft.title).toBe('Maintenance');
  expect(desk.hasAside).toBe(false);
});

it('what was sent leaves its desk, and what was written since does not', () => {
  const desk = deskOf('d');
  const written = { ...emptyDraft(), title: 'Maintenance', message: 'at 22:00', data: '1' };
  desk.take(written);
  desk.draft.message = 'at 23:00';
  desk.sent(written);
  expect(desk.draft).toEqual({ ...emptyDraft(), message: 'at 23:00' });
});

it('addressing a draft changes only whom it is for', () => {
  const desk = deskOf('c');
  desk.draft.title = 'Maintenance';
  desk.address({ audience: 'users', users: '7' });
  expect(desk.draft).toEqual({ ...emptyDraft(), title: 'Maintenance', audience: 'users', users: '7' });
});
