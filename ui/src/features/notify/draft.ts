/**
 * A notification that is being written: what was typed, and what is wrong with it.
 *
 * Owns the rules that a notification must keep (the protocol's `NotifyArgs`) so that a mistake is shown beside its field
 * while one types. It must never know how it is sent.
 */
import type { Notification, NotificationTarget, NotifyArgs, Tone, UserId } from '../../generated';
import { userId } from '../../words/user';
import { readJson, type Place } from './json';

type Audience = 'all' | 'users' | 'room' | 'namespace';

/** What was typed, as it was typed. */
export interface Draft {
  audience: Audience;
  /** Ids, separated by commas, spaces or lines. */
  users: string;
  room: string;
  /** Where the room is. */
  roomNamespace: string;
  namespace: string;
  tone: Tone;
  title: string;
  message: string;
  /** JSON, or nothing. */
  data: string;
}

export const TITLE_MAX = 200;
export const MESSAGE_MAX = 1000;
const DATA_MAX_BYTES = 16 * 1024;
const ROOM_MAX = 128;
const USER_ID_MAX_BYTES = 256;

export const emptyDraft = (): Draft => ({
  audience: 'all',
  users: '',
  room: '',
  roomNamespace: '/web',
  namespace: '/web',
  tone: 'info',
  title: '',
  message: '',
  data: '',
});

/** What is wrong with a field, for the page to put into words. */
export type Problem =
  | { field: 'users'; what: 'empty' }
  | { field: 'users'; what: 'tooLong'; id: string }
  | { field: 'room'; what: 'empty' | 'tooLong' | 'control' }
  | { field: 'namespace'; what: 'shape' }
  | { field: 'title'; what: 'empty' | 'tooLong' }
  | { field: 'message'; what: 'tooLong' }
  | { field: 'data'; what: 'tooLong'; bytes: number }
  | { field: 'data'; what: 'syntax'; place: Place };

export type Field = Problem['field'];

/** The arguments to send, or all that is wrong. Never both. */
export type Checked = { args: NotifyArgs; problems: [] } | { args: null; problems: Problem[] };

export function check(draft: Draft): Checked {
  const target = readTarget(draft);
  const data = readData(draft.data);
  const problems = [...target.problems, ...textProblems(draft), ...data.problems];
  if (problems.length > 0 || target.target === null) return { args: null, problems };
  const args: NotifyArgs = {
    target: target.target,
    type: draft.tone,
    title: draft.title.trim(),
    message: draft.message,
  };
  if (data.given) args.data = data.value;
  return { args, problems: [] };
}

/** Whom the draft is for; `null` as long as that is not said. */
export function readTarget(draft: Draft): { target: NotificationTarget | null; problems: Problem[] } {
  switch (draft.audience) {
    case 'all':
      return { target: 'all', problems: [] };
    case 'users': {
      const ids = splitUsers(draft.users);
      if (ids.length === 0) return wrong({ field: 'users', what: 'empty' });
      const long = ids.find((id) => byteLength(id) > USER_ID_MAX_BYTES);
      if (long !== undefined) return wrong({ field: 'users', what: 'tooLong', id: long });
      return { target: { users: ids.map(userId) }, problems: [] };
    }
    case 'room': {
      const problems: Problem[] = [];
      if (draft.room === '') problems.push({ field: 'room', what: 'empty' });
      else if ([...draft.room].length > ROOM_MAX) problems.push({ field: 'room', what: 'tooLong' });
      else if (/\p{Cc}/u.test(draft.room)) problems.push({ field: 'room', what: 'control' });
      if (!isNamespace(draft.roomNamespace)) problems.push({ field: 'namespace', what: 'shape' });
      if (problems.length > 0) return { target: null, problems };
      return { target: { room: { namespace: draft.roomNamespace, room: draft.room } }, problems };
    }
    case 'namespace':
      if (!isNamespace(draft.namespace)) return wrong({ field: 'namespace', what: 'shape' });
      return { target: { namespace: draft.namespace }, problems: [] };
  }
}

/** The ids in a text: separated by commas, semicolons or space; one that holds any of these stands in double quotes. */
export function splitUsers(text: string): string[] {
  const ids = [...text.matchAll(/"((?:[^"]|"")*)"|([^,;\s]+)/g)]
    .map(([, quoted, plain]) => (quoted !== undefined ? quoted.replaceAll('""', '"') : (plain ?? '')))
    .filter((id) => id !== '');
  return [...new Set(ids)];
}

/** The text from which {@link splitUsers} reads these ids. */
export function joinUsers(ids: readonly UserId[]): string {
  return ids
    .map(String)
    .map((id) => (/[",;\s]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id))
    .join(', ');
}

/** A notification that was sent, with what it carried, as a draft to send again. */
export function draftOf(sent: Pick<Notification, 'target' | 'type' | 'title' | 'message'>, data: string | null): Draft {
  const draft = { ...emptyDraft(), tone: sent.type, title: sent.title, message: sent.message, data: spread(data) };
  const { target } = sent;
  if (target === 'all') return { ...draft, audience: 'all' };
  if ('users' in target) return { ...draft, audience: 'users', users: joinUsers(target.users) };
  if ('room' in target) {
    return { ...draft, audience: 'room', room: target.room.room, roomNamespace: target.room.namespace };
  }
  return { ...draft, audience: 'namespace', namespace: target.namespace };
}

/** The JSON over several lines, to read; as it is where a program would change it by reading it. */
function spread(json: string | null): string {
  if (json === null) return '';
  const read = readJson(json);
  return 'place' in read ? json : JSON.stringify(read.value, null, 2);
}

function textProblems(draft: Draft): Problem[] {
  const problems: Problem[] = [];
  if (draft.title.trim() === '') problems.push({ field: 'title', what: 'empty' });
  else if (draft.title.trim().length > TITLE_MAX) problems.push({ field: 'title', what: 'tooLong' });
  if (draft.message.length > MESSAGE_MAX) problems.push({ field: 'message', what: 'tooLong' });
  return problems;
}

type Data = { given: boolean; value: unknown; problems: Problem[] };

function readData(text: string): Data {
  if (text.trim() === '') return { given: false, value: undefined, problems: [] };
  const read = readJson(text);
  if ('place' in read) {
    return { given: true, value: undefined, problems: [{ field: 'data', what: 'syntax', place: read.place }] };
  }
  const bytes = byteLength(JSON.stringify(read.value));
  const problems: Problem[] = bytes > DATA_MAX_BYTES ? [{ field: 'data', what: 'tooLong', bytes }] : [];
  return { given: true, value: read.value, problems };
}

const isNamespace = (text: string) => text.startsWith('/') && !/[\s,?]/.test(text);
const byteLength = (text: string) => new TextEncoder().encode(text).length;
const wrong = (problem: Problem) => ({ target: null, problems: [problem] });
