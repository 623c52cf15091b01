/** What is wrong with a draft, put into words beside its field. */
import { bytes } from '../../kit/format';
import { m } from '../../paraglide/messages.js';
import { isolated } from '../../words/visible';
import type { Problem } from './draft';
import type { Mistake } from './json';

export function problemText(problem: Problem): string {
  switch (problem.field) {
    case 'users':
      return problem.what === 'empty'
        ? m.notify_problem_users_empty()
        : m.notify_problem_users_long({ id: isolated(`${problem.id.slice(0, 24)}…`) });
    case 'room':
      return ROOM[problem.what]();
    case 'namespace':
      return m.notify_problem_namespace();
    case 'title':
      return problem.what === 'empty' ? m.notify_problem_title_empty() : m.notify_problem_title_long();
    case 'message':
      return m.notify_problem_message_long();
    case 'data': {
      if (problem.what === 'tooLong') return m.notify_problem_data_long({ size: bytes(problem.bytes) });
      const { line, column, mistake } = problem.place;
      return m.notify_problem_at({ line: String(line), column: String(column), what: MISTAKES[mistake]() });
    }
  }
}

const ROOM = {
  empty: m.notify_problem_room_empty,
  tooLong: m.notify_problem_room_long,
  control: m.notify_problem_room_control,
};

const MISTAKES: Record<Mistake, () => string> = {
  end: m.notify_json_end,
  unexpected: m.notify_json_unexpected,
  trailingComma: m.notify_json_trailingComma,
  quotes: m.notify_json_quotes,
  control: m.notify_json_control,
  escape: m.notify_json_escape,
  inexact: m.notify_json_inexact,
};
