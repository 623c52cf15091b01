import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { userId } from '../../words/user';
import { check, draftOf, emptyDraft, joinUsers, splitUsers, type Draft } from './draft';

const filled = (part: Partial<Draft> = {}): Draft => ({
  ...emptyDraft(),
  title: 'Maintenance',
  message: 'at 22:00',
  ...part,
});

describe('a draft', () => {
  it('becomes the arguments of the command', () => {
    expect(
      check(filled({ audience: 'users', users: '7, op:ann\n007', tone: 'warning', data: '{"a": [1]}' })).args,
    ).toEqual({
      target: { users: [7, 'op:ann', '007'] },
      type: 'warning',
      title: 'Maintenance',
      message: 'at 22:00',
      data: { a: [1] },
    });
    expect(check(filled({ audience: 'room', room: 'lobby' })).args?.target).toEqual({
      room: { namespace: '/web', room: 'lobby' },
    });
    expect(check(filled({ audience: 'namespace', namespace: '/chat' })).args?.target).toEqual({ namespace: '/chat' });
    expect(check(filled()).args?.target).toBe('all');
  });

  it('sends no data where none was given, and null where null was', () => {
    expect(check(filled({ data: ' \n' })).args).not.toHaveProperty('data');
    expect(check(filled({ data: 'null' })).args).toHaveProperty('data', null);
  });

  it.each<[string, Partial<Draft>, object]>([
    ['no title', { title: '  ' }, { field: 'title', what: 'empty' }],
    ['a title over 200', { title: 'x'.repeat(201) }, { field: 'title', what: 'tooLong' }],
    ['a text over 1000', { message: '字'.repeat(1001) }, { field: 'message', what: 'tooLong' }],
    ['no user', { audience: 'users', users: ' , ' }, { field: 'users', what: 'empty' }],
    ['a user id over 256 bytes', { audience: 'users', users: '字'.repeat(86) }, { field: 'users', what: 'tooLong' }],
    ['no room', { audience: 'room' }, { field: 'room', what: 'empty' }],
    ['a room over 128', { audience: 'room', room: 'x'.repeat(129) }, { field: 'room', what: 'tooLong' }],
    ['a room with a control character', { audience: 'room', room: 'a\u0007' }, { field: 'room', what: 'control' }],
    [
      'a namespace without its slash',
      { audience: 'namespace', namespace: 'web' },
      { field: 'namespace', what: 'shape' },
    ],
    [
      'data that is no JSON',
      { data: '{' },
      { field: 'data', what: 'syntax', place: { mistake: 'end', line: 1, column: 2 } },
    ],
    ['data over 16 KiB', { data: `"${'x'.repeat(16 * 1024)}"` }, { field: 'data', what: 'tooLong', bytes: 16386 }],
  ])('with %s has one problem, and no arguments', (_, part, problem) => {
    const { args, problems } = check(filled(part));
    expect(args).toBeNull();
    expect(problems).toEqual([expect.objectContaining(problem)]);
  });

  it('is made from a notification that was sent, so that it goes to the same', () => {
    const target = { room: { namespace: '/web', room: 'lobby' } };
    const sent = { target, type: 'success', title: 'a', message: 'b' } as const;
    expect(check(draftOf(sent, null)).args).toEqual(sent);
    expect(check(draftOf(sent, '{"ticket":17}')).args).toEqual({ ...sent, data: { ticket: 17 } });
  });

  it('says what of a notification that was sent would not be the same, instead of changing it', () => {
    const again = draftOf({ target: 'all', type: 'info', title: 'a', message: '' }, '{"id":9007199254740993}');
    expect(again.data).toBe('{"id":9007199254740993}');
    expect(check(again).problems).toEqual([expect.objectContaining({ field: 'data', what: 'syntax' })]);
  });
});

describe('user ids', () => {
  it('come back from the text that they were put into', () => {
    const id = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', '7', ',', '"', ';', '\n', ' ', '字'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 6 }), (ids) => {
        expect(splitUsers(joinUsers(ids))).toEqual(ids);
      }),
    );
  });

  it.each([
    ['7 9', ['7', '9']],
    ['7\t9\r\n11; 12,13', ['7', '9', '11', '12', '13']],
    ['"John Smith" 7', ['John Smith', '7']],
  ])('takes %j for %j', (text, ids) => {
    expect(splitUsers(text)).toEqual(ids);
  });

  it.each([
    ['7', 7],
    ['-7', -7],
    ['0', 0],
    ['007', '007'],
    ['-0', '-0'],
    ['7.0', '7.0'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['1e3', '1e3'],
    ['', ''],
  ])('%j is read as %j', (text, id) => expect(userId(text)).toBe(id));
});
