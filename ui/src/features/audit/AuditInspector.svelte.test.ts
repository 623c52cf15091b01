import { mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { AuditRow, Touched } from '../../generated';
import AuditInspector from './AuditInspector.svelte';

const ACT: AuditRow = {
  id: 1,
  at: '2026-11-21T09:00:00.000Z',
  actor: 'ann',
  address: '10.0.0.7',
  command: 'disconnect',
  subject: '140 users',
  detail: {},
  outcome: 'done',
  explanation: null,
};

/** What it says of such an act. */
function said(row: AuditRow): string {
  const nothing = () => undefined;
  const component = mount(AuditInspector, {
    target: document.body,
    props: { row, onClose: nothing, onActor: nothing },
  });
  const text = document.body.textContent;
  void unmount(component);
  return text;
}

it('says whom an act touched: how many, some by name, and how many more', () => {
  const touched: Touched = { users: 140, sockets: 152, sample: [{ id: 7, username: 'bob' }] };
  const text = said({ ...ACT, touched });
  for (const part of ['Whom it touched', '140', '152', 'bob', '139']) expect(text).toContain(part);
});

it('says nothing of an act that touched nobody', () => {
  expect(said(ACT)).not.toContain('Whom it touched');
});
