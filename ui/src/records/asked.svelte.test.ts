import { expect, it } from 'vitest';
import { Asked } from './asked.svelte';

it('only the answer to the last question counts, and a failure leaves what was known', async () => {
  const answers: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const asked = new Asked(() => new Promise<string>((resolve, reject) => answers.push({ resolve, reject })));
  const first = asked.ask();
  const second = asked.ask();
  answers[1]?.resolve('new');
  answers[0]?.resolve('old');
  await Promise.all([first, second]);
  expect(asked.value).toBe('new');
  const third = asked.ask();
  answers[2]?.reject(new Error('lost'));
  await third;
  expect([asked.value, asked.failure?.message]).toEqual(['new', 'lost']);
});
