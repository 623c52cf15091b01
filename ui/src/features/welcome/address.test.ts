import { describe, expect, it } from 'vitest';
import { completed, portOf } from './address';

describe('what is typed for a gateway', () => {
  it.each([
    ['rt.example.com', 'https://rt.example.com'],
    [' rt.example.com:3000 ', 'https://rt.example.com:3000'],
    ['http://rt.example.com', 'http://rt.example.com'],
    ['localhost:3000', 'http://localhost:3000'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['[::1]:3000', 'http://[::1]:3000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['ftp://x', 'ftp://x'],
    ['', ''],
  ])('%j is understood as %j', (typed, url) => {
    expect(completed(typed)).toBe(url);
  });

  it.each([
    ['3000', 3000],
    [' 0 ', 0],
    ['65535', 65_535],
    ['65536', null],
    ['-1', null],
    ['3000x', null],
    ['', null],
  ])('%j is the port %s', (typed, port) => {
    expect(portOf(typed)).toBe(port);
  });
});
