import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wellFormedJson } from '../../src/protocol/well-formed-json.js';

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key.toWellFormed(), wellFormed(part)]),
  );
}

test('half a surrogate pair becomes U+FFFD in values and keys, and nothing else changes', () => {
  const any = fc.jsonValue({ noUnicodeString: false, stringUnit: 'binary' });
  fc.assert(
    fc.property(fc.array(any), (value) => {
      const json = wellFormedJson(value);
      expect(json.isWellFormed() && !/(?<!\\)(\\\\)*\\ud/.test(json)).toBe(true);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(wellFormed(value))));
    }),
  );
});

test.each([
  ['x \uD83D', 'x \uFFFD'],
  ['\uDE00 y', '\uFFFD y'],
  ['\uDE00\uD83D', '\uFFFD\uFFFD'],
  ['\u{1F600}', '\u{1F600}'],
  [String.raw`\ud83d`, String.raw`\ud83d`],
  ['\\\uD83D', '\\\uFFFD'],
])('%j is written as %j', (given, written) => {
  expect(JSON.parse(wellFormedJson({ text: given, [given]: 1 }))).toEqual({
    text: written,
    [written]: 1,
  });
});
