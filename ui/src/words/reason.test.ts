import { afterEach, describe, expect, it } from 'vitest';

import type { Reason } from '../generated';
import { Failure } from '../host';
import { locale } from '../kit/locale.svelte';
import { reasonWords } from './reason';

afterEach(() => {
  locale.current = 'en';
});

describe('the words for a reason', () => {
  it('are in the language of the page, with the names and numbers of the case', () => {
    const reason: Reason = { is: 'slowToAnswer', address: 'https://rt.example.com', seconds: 10 };
    expect(reasonWords(reason)).toBe('\u2068https://rt.example.com\u2069 did not answer within 10 s.');
    const failure = new Failure({ code: 'unreachable', reason });
    locale.current = 'zh-CN';
    expect(failure.message).toMatch(/在 10 秒内没有响应/);
  });

  it('show what a stranger has put into them', () => {
    expect(reasonWords({ is: 'said', text: 'a\u202eb' })).toBe('a‹U+202E›b');
    expect(reasonWords({ is: 'noColour', text: 'a\u202eb' })).toContain('a‹U+202E›b');
  });
});
