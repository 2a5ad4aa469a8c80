import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineDecoder } from '../../src/framing/line-decoder.js';

const LIMIT = 64;

/** What a decoder does is defined by lines; how the bytes were cut must not matter. */
function expectedLines(bytes: Buffer): { lines: string[]; oversized: number; invalid: number } {
  const parts = split(bytes);
  const whole = parts.slice(0, -1);
  const fitting = whole.filter((line) => line.length <= LIMIT);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lines: string[] = [];
  let invalid = 0;
  for (const line of fitting) {
    try {
      lines.push(decoder.decode(line));
    } catch {
      invalid += 1;
    }
  }
  const unfinished = parts.at(-1) ?? Buffer.alloc(0);
  const oversized = whole.length - fitting.length + (unfinished.length > LIMIT ? 1 : 0);
  return { lines: lines.filter((line) => line !== ''), oversized, invalid };
}

function split(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let index = bytes.indexOf(10); index !== -1; index = bytes.indexOf(10, start)) {
    parts.push(bytes.subarray(start, index));
    start = index + 1;
  }
  return [...parts, bytes.subarray(start)];
}

function decode(chunks: readonly Buffer[]) {
  const decoder = new LineDecoder(LIMIT);
  const lines = chunks.flatMap((chunk) => decoder.push(chunk));
  return { lines, oversized: decoder.oversized, invalid: decoder.invalid };
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...[...cuts].toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

const anyLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom('', '{"a":1}', '🙂 é', 'x'.repeat(LIMIT), 'y'.repeat(LIMIT + 1))
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
);
const anyBytes = fc
  .array(anyLine, { maxLength: 8 })
  .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))
  .chain((whole) => anyLine.map((rest) => Buffer.concat([whole, rest])));

describe('LineDecoder', () => {
  test('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(anyBytes, fc.array(fc.nat(400), { maxLength: 12 }), (bytes, cuts) => {
        const inside = cuts.map((cut) => Math.min(cut, bytes.length));
        expect(decode(cutAt(bytes, inside))).toEqual(expectedLines(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same lines for every single split point', () => {
    const bytes = Buffer.from('{"a":"é🙂"}\n\n{"b":2}\n{"c":3}\nrest');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(decode(cutAt(bytes, [cut]))).toEqual(expectedLines(bytes));
    }
  });

  test('gives the same lines one byte at a time', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const slices = [...bytes].map((byte) => Buffer.from([byte]));
        expect(decode(slices)).toEqual(expectedLines(bytes));
      }),
    );
  });

  test('counts a line that is not UTF-8 and reads the ones around it', () => {
    const bytes = Buffer.concat([
      Buffer.from('before\n'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\nafter\n'),
    ]);
    expect(decode([bytes])).toEqual({ lines: ['before', 'after'], oversized: 0, invalid: 1 });
  });

  test('holds no more than the limit of a line without end, and recovers after it', () => {
    const decoder = new LineDecoder(LIMIT);
    for (let count = 0; count < 10_000; count += 1) {
      decoder.push(Buffer.from('0123456789'));
      expect(decoder.bufferedBytes).toBeLessThanOrEqual(LIMIT);
    }
    expect(decoder.push(Buffer.from('\nnext\n'))).toEqual(['next']);
    expect(decoder.oversized).toBe(1);
  });

  test('returns lines that outlive the chunk they came in', () => {
    const decoder = new LineDecoder(LIMIT);
    const chunk = Buffer.from('first\nsec');
    const lines = decoder.push(chunk);
    chunk.fill(0);
    expect([...lines, ...decoder.push(Buffer.from('ond\n'))]).toEqual(['first', 'second']);
  });
});
