import { expect, it } from 'vitest';

import type { AuditArgs } from '../../generated';
import { argsOf, isOpenQuestion, type Question } from './query';

const NOW = Date.parse('2026-11-21T09:00:00.000Z');
const everything: Question = { subject: '', command: '', actor: null, span: 'ever' };

it.each<[Partial<Question>, AuditArgs]>([
  [{}, {}],
  [{ subject: ' user 7 ' }, { subject: 'user 7' }],
  [
    { command: 'ban', actor: 'ann' },
    { command: 'ban', actor: 'ann' },
  ],
  [{ span: 'hour' }, { from: '2026-11-21T08:00:00.000Z' }],
  [{ span: 'week' }, { from: '2026-11-14T09:00:00.000Z' }],
])('what is asked with %j', (part, args) => {
  const question = { ...everything, ...part };
  expect(argsOf(question, NOW)).toEqual(args);
  expect(isOpenQuestion(question)).toBe(Object.keys(args).length === 0);
});
