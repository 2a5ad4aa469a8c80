import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StderrLines } from '../../src/process/stderr-lines.js';
import { StderrTail } from '../../src/process/stderr-tail.js';

const anyChunks = fc.array(
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 100 },
);

test('the tail is the end of everything written, however it came', () => {
  fc.assert(
    fc.property(anyChunks, fc.integer({ min: 1, max: 64 }), (chunks, maxBytes) => {
      const tail = new StderrTail(maxBytes);
      for (const chunk of chunks) tail.push(chunk);
      expect(tail.toString()).toBe(Buffer.concat(chunks).subarray(-maxBytes).toString('utf8'));
    }),
  );
});

test('lines are whole however the chunks are cut, characters too', () => {
  const bytes = Buffer.from('première\n\ndeuxième 🙂\n');
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const lines = new StderrLines();
    const seen = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((part) => lines.push(part));
    expect(seen).toEqual(['première', 'deuxième 🙂']);
  }
});

test('a line without end stays short', () => {
  const lines = new StderrLines();
  for (let count = 0; count < 100; count += 1) lines.push(Buffer.from('x'.repeat(1000)));
  expect(lines.push(Buffer.from('\n'))[0]?.length).toBeLessThanOrEqual(8192);
});
