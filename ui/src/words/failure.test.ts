import { afterEach, describe, expect, it } from 'vitest';
import { locale } from '../kit/locale.svelte';
import type { FailureCode } from '../generated';
import { failureWords } from './failure';

const CODES: FailureCode[] = ['invalidUrl', 'unreachable', 'certificate', 'portInUse', 'keychain', 'internal'];

afterEach(() => {
  locale.current = 'en';
});

describe('the words for a failure', () => {
  it.each(CODES)('say what happened and what to do, in the language of the page: %s', (code) => {
    const english = failureWords(code);
    locale.current = 'zh-CN';
    const chinese = failureWords(code);
    expect(english.title).not.toBe(chinese.title);
    expect(english.hint).not.toBe('');
    expect(chinese.hint).toMatch(/[\u4e00-\u9fff]/);
  });
});
