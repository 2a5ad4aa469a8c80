import { setImmediate as turn } from 'node:timers/promises';
import { array, assert, asyncProperty, constantFrom, integer, string } from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Pipe } from '../../src/fleet/wire/pipe.js';

function piped(maxMessageBytes: number) {
  const messages: Buffer[] = [];
  const pipe = new Pipe({
    maxMessageBytes: () => maxMessageBytes,
    publish: (message) => void messages.push(message),
  });
  return { pipe, messages };
}

const reader = () => piped(100).pipe;

test('whatever is written arrives whole and in order, in messages that are not too long', async () => {
  const unit = constantFrom('a', '\n', '\0', 'é', '한', '😀');
  const texts = array(string({ unit, maxLength: 40 }), { maxLength: 8 });
  await assert(
    asyncProperty(texts, integer({ min: 5, max: 30 }), async (written, limit) => {
      const { pipe, messages } = piped(limit);
      for (const text of written) {
        pipe.write(text);
        if (text.length % 3 === 0) await turn();
      }
      pipe.end();
      const receiver = reader();
      const received = messages.map((message) => receiver.receive(message));
      expect(received.pop()).toBe('end');
      expect(messages.every(({ length }) => length <= limit)).toBe(true);
      const bytes = received.map((part) => Buffer.from(part));
      expect(Buffer.concat(bytes)).toEqual(Buffer.from(written.join(''), 'utf8'));
    }),
    { numRuns: 20 },
  );
});

test('what is written in one turn travels together', async () => {
  const { pipe, messages } = piped(100);
  pipe.write('a');
  pipe.write('b');
  await turn();
  expect(messages).toHaveLength(1);
});

test('no more than four megabytes are under way before the other side says what has arrived', async () => {
  const drained = vi.fn();
  const messages: Buffer[] = [];
  const back: Buffer[] = [];
  const sender = new Pipe({
    maxMessageBytes: () => 1_000_000,
    publish: (message) => void messages.push(message),
    onDrain: drained,
  });
  const receiver = new Pipe({
    maxMessageBytes: () => 100,
    publish: (message) => void back.push(message),
  });
  const text = 'x'.repeat(20_000_000);
  sender.write(text);
  await turn();
  expect([messages.length, sender.queuedBytes > 15_000_000]).toEqual([5, true]);
  expect(drained).not.toHaveBeenCalled();
  let received = '';
  for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
    expect(messages.length).toBeLessThanOrEqual(5);
    received += receiver.receive(next).toString();
    for (const told of back.splice(0)) expect(sender.receive(told)).toHaveLength(0);
  }
  expect(received === text).toBe(true);
  expect([drained.mock.calls.length, sender.queuedBytes]).toEqual([1, 0]);
});

test('what nobody wants any more is not sent after the end', async () => {
  const { pipe, messages } = piped(1_000_000);
  pipe.write('x'.repeat(20_000_000));
  await turn();
  pipe.abandon();
  const receiver = reader();
  expect(messages).toHaveLength(6);
  expect(messages.map((message) => receiver.receive(message)).at(-1)).toBe('end');
});

test('a message that is missing, comes twice or is none shows as a hole', () => {
  const { pipe, messages } = piped(5);
  pipe.write('abc');
  pipe.flush();
  const [first, second, third] = messages;
  if (!first || !second || !third) throw new Error('Expected three messages');
  const missing = reader();
  expect(missing.receive(first).toString()).toBe('a');
  expect(missing.receive(third)).toBe('hole');
  const twice = reader();
  twice.receive(first);
  expect(twice.receive(first)).toBe('hole');
  expect(reader().receive(new Uint8Array([1, 2]))).toBe('hole');
  expect(reader().receive(second)).toBe('hole');
});
