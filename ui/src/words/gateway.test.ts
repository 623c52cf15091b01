import { afterEach, expect, it } from 'vitest';
import { locale } from '../kit/locale.svelte';
import { gatewayName } from './gateway';

afterEach(() => {
  locale.current = 'en';
});

it.each([
  ['', true, ['This machine', '本机']],
  ['This machine', true, ['This machine', 'This machine']],
  ['eu-prod', false, ['eu-prod', 'eu-prod']],
] as const)('“%s” is what somebody typed, or it is called by what it is, in each language', (name, local, names) => {
  const said = (['en', 'zh-CN'] as const).map((language) => {
    locale.current = language;
    return gatewayName({ name, local });
  });
  expect(said).toEqual(names);
});
