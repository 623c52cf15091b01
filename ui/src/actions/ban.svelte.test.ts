import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Ban, BanArgs, BanUndone, Calls, Preview } from '../generated';
import { Failure, useHost, type CallName } from '../host';
import { now } from '../kit/now.svelte';
import { toasts } from '../kit/toasts.svelte';
import { Banning, lift, undoing } from './ban.svelte';

const NOW = Date.parse('2026-11-21T09:00:00.000Z');
const BAN: Ban = {
  target: { user: 7 },
  reason: 'spam',
  until: '2026-11-22T09:00:00.000Z',
  by: 'ann',
  at: '2026-11-21T08:00:00.000Z',
};
const gateway = { profile: 'p', production: false };

type Answers = { [K in CallName]?: (args: Calls[K]['args']) => Calls[K]['answer'] };
let answers: Answers;
let looked: BanArgs[];
let acted: BanArgs[];
let touched: number;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  [looked, acted, touched] = [[], [], 1];
  answers = {
    previewBan: ({ args }): Preview => {
      looked.push(args);
      return { users: touched, sockets: touched, nodes: touched, sample: [], fingerprint: `f${looked.length}` };
    },
    ban: ({ args }) => {
      acted.push(args);
      return { ban: BAN, at: BAN.at, nodes: [] };
    },
  };
  useHost({
    // eslint-disable-next-line @typescript-eslint/require-await
    call: async (name, args) => {
      const answer = answers[name];
      if (answer === undefined) throw new Error(`nobody answers ${name}`);
      return answer(args);
    },
    openView: () => ({ change: () => undefined, close: () => undefined }),
  });
});
afterEach(() => {
  now.follow(0);
  toasts.shown.forEach(({ id }) => toasts.dismiss(id));
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(1000);

describe('banning', () => {
  it('holds for the term that was chosen, and carries what was seen', async () => {
    const one = new Banning(gateway, { user: 7 });
    await settled();
    expect(one.ready).toBe(false);
    one.reason = ' spam ';
    one.term = 'hour';
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await one.act();
    expect(acted).toEqual([{ target: { user: 7 }, reason: 'spam', until, fingerprint: 'f1' }]);
    expect(one.step).toBe('done');
  });

  it.each([3_600_000, -3_600_000])('ends by the clock of the gateway, which is %d ms ahead', async (ahead) => {
    now.follow(ahead);
    const one = new Banning(gateway, { user: 7 });
    await settled();
    one.reason = 'spam';
    one.term = 'hour';
    const until = new Date(Date.now() + ahead + 3_600_000).toISOString();
    await one.act();
    expect(acted.map((args) => args.until)).toEqual([until]);
  });

  it('is for good, or until a moment that is still to come', async () => {
    const one = new Banning(gateway, { user: 7 });
    await settled();
    one.reason = 'spam';
    one.term = 'moment';
    expect(one.ready).toBe(false);
    one.moment = '2026-11-20T09:00';
    expect(one.ready).toBe(false);
    one.moment = '2027-01-01T00:00';
    expect(one.ready).toBe(true);
    one.term = 'ever';
    await one.act();
    expect(acted.map((args) => 'until' in args)).toEqual([false]);
  });

  it('asks once what one has typed rests, and only about what can be a target', async () => {
    const one = new Banning(gateway, null);
    for (const whom of ['1', '10', '10314']) {
      one.whom = whom;
      one.aim();
    }
    await settled();
    expect(looked.map(({ target }) => target)).toEqual([{ user: 10_314 }]);
    one.kind = 'address';
    one.aim();
    expect([one.isNoAddress, one.preview]).toEqual([true, null]);
    one.whom = '203.0.113.0/24';
    one.aim();
    await settled();
    expect(looked.at(-1)?.target).toEqual({ address: '203.0.113.0/24' });
  });

  it('is a ban too where nobody is there: then nothing has to be typed', async () => {
    touched = 0;
    const one = new Banning({ profile: 'p', production: true }, { user: 7 });
    await settled();
    one.reason = 'spam';
    expect([one.wantsNumber, one.ready]).toEqual([false, true]);
  });

  it('says what else is in the way, where the targets are the same', async () => {
    answers.previewBan = () => ({ users: 1, sockets: 1, nodes: 1, sample: [], fingerprint: 'same' });
    answers.ban = () => {
      throw new Failure({
        code: 'conflict',
        reason: { is: 'said', text: 'this would close a connection of your own' },
      });
    };
    const one = new Banning(gateway, { user: 7 });
    await settled();
    one.reason = 'spam';
    await one.act();
    expect([one.changed, one.failure?.message]).toEqual([false, 'this would close a connection of your own']);
  });

  it.each([['2026-11-22T09:00:00.250Z'], [null]])(
    'begins with the reason and the end of the ban that it takes the place of: %s',
    async (until) => {
      const one = new Banning(gateway, BAN.target, { ...BAN, until });
      await settled();
      expect([one.reason, one.ready]).toEqual(['spam', true]);
      await one.act();
      expect(acted.map((args) => args.until ?? null)).toEqual([until]);
    },
  );
});

describe('taking a ban back', () => {
  const undo = { target: BAN.target, at: BAN.at };

  it.each<[BanUndone, string, string | undefined]>([
    [{ lifted: 1, restored: 0 }, '1 ban lifted', undefined],
    [{ lifted: 300, restored: 2 }, '300 bans lifted', '2 bans before it hold again'],
    [{ lifted: 0, restored: 1 }, 'The ban before it holds again', undefined],
  ])('undoes exactly what was set: %o', async (undone, title, detail) => {
    const undoBan = vi.fn(() => undone);
    answers.undoBan = undoBan;
    undoing(gateway, [undo]).run();
    await settled();
    expect(undoBan.mock.calls).toEqual([[{ profile: 'p', args: undo }]]);
    expect(toasts.shown.map((toast) => [toast.title, toast.detail])).toEqual([[title, detail]]);
  });

  it('says why it cannot be', async () => {
    answers.undoBan = () => {
      throw new Failure({ code: 'conflict', reason: { is: 'said', text: 'it was changed' } });
    };
    undoing(gateway, [undo]).run();
    await settled();
    expect(toasts.shown.map(({ tone, detail }) => [tone, detail])).toEqual([['bad', 'it was changed']]);
  });
});

describe('lifting a ban', () => {
  it('can be undone, with the same reason and end', async () => {
    answers.unban = () => BAN;
    const again = vi.fn();
    expect(await lift(gateway, BAN, again)).toBe(true);
    toasts.shown[0]?.action?.run();
    await settled();
    expect(acted).toEqual([{ target: BAN.target, reason: BAN.reason, until: BAN.until }]);
    expect(again).toHaveBeenCalledOnce();
  });

  it('says why it cannot be, and leaves it', async () => {
    answers.unban = () => {
      throw new Failure({ code: 'forbidden', reason: { is: 'said', text: 'needs the role operator' } });
    };
    expect(await lift(gateway, BAN, () => undefined)).toBe(false);
    expect(toasts.shown[0]?.detail).toBe('needs the role operator');
  });
});
