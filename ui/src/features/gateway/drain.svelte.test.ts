import { expect, it } from 'vitest';
import type { Preview } from '../../generated';
import { useHost } from '../../host';
import type { Answer, CallName } from '../../host';
import { Emptying } from './drain.svelte';

const NOBODY: Preview = { users: 0, sockets: 0, nodes: 0, sample: [], fingerprint: 'f1' };

/** A dialog whose gateway answers, and what was called. */
async function opened(preview: Preview) {
  const called: [CallName, unknown][] = [];
  useHost({
    call: <K extends CallName>(name: K, args: unknown): Promise<Answer<K>> => {
      called.push([name, args]);
      const answer = name === 'previewDrain' ? preview : { node: 'a', connections: 0, over: 5 };
      return Promise.resolve(answer as Answer<K>);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
  const action = new Emptying({ profile: 'p', production: true });
  await Promise.resolve();
  await Promise.resolve();
  return { action, called };
}

it('a node is drained as it was seen, over as long as one says', async () => {
  const { action, called } = await opened(NOBODY);
  action.over = ' 5 ';
  await action.act();
  expect(called).toEqual([
    ['previewDrain', { profile: 'p', args: {} }],
    ['drain', { profile: 'p', args: { over: 5, fingerprint: 'f1' } }],
  ]);
});

it('on a production gateway with people on it the number is typed', async () => {
  const { action } = await opened({ ...NOBODY, users: 3, sockets: 4, nodes: 1 });
  expect(action.ready).toBe(false);
  action.typed = '3';
  expect(action.ready).toBe(true);
});

it.each(['', '3601', '-1', '1.5', 'soon'])('“%s” is no time to drain over', async (typed) => {
  const { action } = await opened(NOBODY);
  action.over = typed;
  expect(action.ready).toBe(false);
});
