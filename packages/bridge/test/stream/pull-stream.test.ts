import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PullStream } from '../../src/stream/pull-stream.js';
import { rejection } from '../support/sidecars.js';

/** A stream of numbers that the test pushes, and how often it was closed. */
function numbers() {
  const items: number[] = [];
  let closed = 0;
  const stream = new PullStream<number>(() => ({
    take: () => items.shift(),
    close: () => {
      closed += 1;
    },
  }));
  const push = (item: number) => {
    items.push(item);
    stream.wake();
  };
  return { stream, push, closed: () => closed };
}

test('what is there when the stream ends can still be taken', async () => {
  const { stream, push, closed } = numbers();
  const first = stream.next();
  push(1);
  push(2);
  stream.end();
  expect(closed()).toBe(0);
  expect([await first, await stream.next(), await stream.next()]).toEqual([
    { value: 1, done: false },
    { value: 2, done: false },
    { value: undefined, done: true },
  ]);
  expect(closed()).toBe(1);
});

test('an error comes once, to the first that waits; the others see the end', async () => {
  const { stream, closed } = numbers();
  const [first, second] = [rejection(stream.next()), stream.next()];
  stream.fail(new Error('broken'));
  expect(await first).toEqual(new Error('broken'));
  expect(await second).toEqual({ value: undefined, done: true });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect(closed()).toBe(1);
});

test('an error that nobody waits for comes next', async () => {
  const { stream, push } = numbers();
  const first = stream.next();
  push(1);
  await first;
  stream.fail(new Error('broken'));
  stream.fail(new Error('again'));
  expect(await rejection(stream.next())).toEqual(new Error('broken'));
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test('an error at the end comes once, behind what is there', async () => {
  const { stream, push, closed } = numbers();
  const first = stream.next();
  push(1);
  push(2);
  stream.endWith(new Error('gone'));
  expect(closed()).toBe(0);
  expect([await first, await stream.next()]).toMatchObject([{ value: 1 }, { value: 2 }]);
  expect(await rejection(stream.next())).toEqual(new Error('gone'));
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect(closed()).toBe(1);
  const empty = numbers();
  const waiting = rejection(empty.stream.next());
  empty.stream.endWith(new Error('gone'));
  expect(await waiting).toEqual(new Error('gone'));
  expect(empty.closed()).toBe(1);
});

test('leaving closes the source once, and never a source that was not opened', async () => {
  const { stream, push, closed } = numbers();
  await stream.return();
  push(1);
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect(closed()).toBe(0);
  const left = numbers();
  const waiting = left.stream.next();
  expect(await rejection(left.stream.throw(new Error('stop')))).toEqual(new Error('stop'));
  await left.stream[Symbol.asyncDispose]();
  expect(await waiting).toEqual({ value: undefined, done: true });
  expect(left.closed()).toBe(1);
});

test('what opening throws is the first rejection', async () => {
  const stream = new PullStream<number>(() => {
    throw new Error('refused');
  });
  expect(await rejection(stream.next())).toEqual(new Error('refused'));
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test('every item arrives once and in order, however pushes and pulls interleave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (steps) => {
      const { stream, push } = numbers();
      const pulls = [stream.next()];
      let pushed = 0;
      for (const isPush of steps) {
        if (isPush) push((pushed += 1));
        else pulls.push(stream.next());
      }
      stream.end();
      while (pulls.length <= pushed) pulls.push(stream.next());
      const results = await Promise.all(pulls);
      const values = results.flatMap(({ value }) => value ?? []);
      expect(values).toEqual(Array.from({ length: pushed }, (_, index) => index + 1));
      expect(results.filter(({ done }) => done === true)).toHaveLength(pulls.length - pushed);
    }),
  );
});
