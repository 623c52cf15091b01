import { describe, expect, it } from 'vitest';
import { isReadable } from './host';

describe('what is sent to a gateway', () => {
  it.each(['http://rt.example.com', 'http://10.0.0.7:3000', 'http://localhost.example.com', 'http://[::2]:3000'])(
    'can be read on its way to %s',
    (url) => expect(isReadable(url)).toBe(true),
  );

  it.each([
    'https://rt.example.com',
    'http://localhost:3000',
    'http://LOCALHOST',
    'http://127.0.0.1:3000',
    'http://127.8.9.10',
    'http://[::1]:3000',
    'http://[0:0:0:0:0:0:0:1]',
  ])('cannot be read on its way to %s', (url) => expect(isReadable(url)).toBe(false));
});
