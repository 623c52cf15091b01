import { describe, expect, it } from 'vitest';
import type { Flow, Scope } from '../generated';
import { LiveTail } from './live.svelte';

const ALL: Scope = { user: null, event: null, namespace: null, room: null, words: '' };

/** A tail, and what its views were asked for. */
function tail() {
  const asked: string[] = [];
  const open = (query: { scope: Scope; flow: Flow }) => {
    asked.push('opened');
    return {
      query,
      change(part: Partial<typeof query>) {
        Object.assign(query, part);
        asked.push(Object.keys(part).join());
      },
      close: () => void asked.push('closed'),
    };
  };
  return { live: new LiveTail(ALL, open), asked };
}

describe('a tail', () => {
  it('is asked for other rows where they are others, and for no others where they are the same', () => {
    const { live, asked } = tail();
    live.aim({ ...ALL });
    expect(asked).toEqual(['opened']);
    live.aim({ ...ALL, user: 7 });
    live.aim({ ...ALL, user: 7 });
    expect(asked).toEqual(['opened', 'scope']);
    expect(live.feed.query.scope.user).toBe(7);
  });

  it('stops once by the button and goes on', () => {
    const { live, asked } = tail();
    live.pause();
    live.pause();
    expect([live.feed.query.flow, live.still]).toEqual(['paused', true]);
    live.follow();
    expect([live.feed.query.flow, live.still]).toEqual(['following', false]);
    expect(asked).toEqual(['opened', 'flow', 'flow']);
  });

  it('is opened anew as it was', () => {
    const { live, asked } = tail();
    live.aim({ ...ALL, user: 7 });
    const before = live.feed;
    live.again();
    expect(asked).toEqual(['opened', 'scope', 'closed', 'opened']);
    expect(live.feed).not.toBe(before);
    expect(live.feed.query.scope.user).toBe(7);
    live.close();
    expect(asked.at(-1)).toBe('closed');
  });
});
