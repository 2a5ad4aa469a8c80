import { expect, it } from 'vitest';
import { localUrl } from '../src/client/local-address.js';

it.each([
  ['0.0.0.0', 'http://127.0.0.1:8484'],
  ['::', 'http://[::1]:8484'],
  ['fe80::1', 'http://[fe80::1]:8484'],
  ['192.168.1.7', 'http://192.168.1.7:8484'],
])('a server that listens at %s is opened at %s', (host, url) => {
  expect(localUrl(host, 8484)).toBe(url);
});
