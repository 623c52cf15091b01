import { describe, expect, it } from 'vitest';
import { localLook, portOf } from './local';

describe('a port', () => {
  it.each([
    ['0', 0],
    [' 3000 ', 3000],
    ['65535', 65_535],
    ['65536', null],
    ['', null],
    ['-1', null],
    ['30a0', null],
  ])('of “%s” is %s', (text, port) => expect(portOf(text)).toBe(port));
});

describe('the local gateway', () => {
  it('says how it ended and when it comes back', () => {
    const at = new Date(61_000).toISOString();
    const look = localLook({ state: 'restarting', reason: { is: 'said', text: 'signal: 9.' }, at }, 58_400);
    expect(look.detail).toBe('signal: 9. Started again in 3 s.');
  });

  it('says when it was running before the console', () => {
    const running = { state: 'running', address: '127.0.0.1:3000', pid: 42 } as const;
    expect(localLook({ ...running, adopted: true }, 0).detail).toContain('before this console');
    expect(localLook({ ...running, adopted: false }, 0).detail).not.toContain('before this console');
  });
});
