import type { WireTokenRow } from '@mlx/schemas/wire';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenStream } from '../../src/stream/token-stream.js';
import { settle } from '../support/virtual-clock.js';

const usage = {
  promptTokens: 1,
  cachedTokens: 0,
  completionTokens: 1,
  draftTokens: 0,
  draftTokensAccepted: 0,
  queueMs: 0,
  prefillMs: 0,
  decodeMs: 0,
};

function row(token: number, finished = false): WireTokenRow {
  const base = { streamId: 'a', text: '', tokens: [token] };
  return finished ? { ...base, finish: { reason: 'length', usage } } : base;
}

type Step = 'next' | 'push' | 'finish' | 'fail' | 'interrupt' | 'return';
const anyStep = fc.constantFrom<Step>(
  'next',
  'next',
  'push',
  'push',
  'finish',
  'fail',
  'interrupt',
  'return',
);

/** Plays steps against a stream and reports what its consumer saw, in order. */
async function play(steps: readonly Step[]) {
  let sent = 0;
  let abandoned = 0;
  let opened = 0;
  const consumed: number[] = [];
  const stream = new TokenStream({
    open: () => (opened += 1),
    consumed: (taken) => consumed.push(...taken.tokens),
    abandoned: () => (abandoned += 1),
  });
  const calls: Promise<unknown>[] = [];
  const seen: unknown[] = [];
  const next = () => {
    const outcome = stream.next().then(
      (result) => seen.push(result.done === true ? 'done' : result.value.tokens[0]),
      (error: unknown) => seen.push(error),
    );
    calls.push(outcome);
  };
  for (const step of steps) {
    if (step === 'next') next();
    // A connection sends nothing before the stream was opened.
    else if (step === 'return') calls.push(stream.return());
    else if (opened > 0 && (step === 'push' || step === 'finish'))
      stream.push(row((sent += 1), step === 'finish'));
    else if (opened > 0 && step === 'fail') stream.fail('failed');
    else if (opened > 0 && step === 'interrupt') stream.interrupt('aborted');
    await settle();
  }
  return { stream, seen, consumed, abandoned, opened, calls, sent };
}

test('rows come in order, at most one error comes, and after an end only "done" does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
      const { stream, seen, consumed, abandoned, opened, calls } = await play(steps);
      const tokens = seen.filter((value) => typeof value === 'number');
      expect(tokens).toEqual(tokens.map((_, index) => index + 1));
      expect(consumed).toEqual(tokens);
      const errors = seen.filter((value) => value === 'failed' || value === 'aborted');
      expect(errors.length).toBeLessThanOrEqual(1);
      const end = seen.findIndex((value) => typeof value === 'string');
      if (end !== -1) expect(seen.slice(end + 1).every((value) => value === 'done')).toBe(true);
      expect(abandoned).toBeLessThanOrEqual(1);
      expect(opened).toBeLessThanOrEqual(1);
      // Whatever was asked for is answered once the stream is over.
      await stream.return();
      await Promise.all(calls);
    }),
    { numRuns: 1000 },
  );
});

test('throw() abandons the stream and rejects with what was thrown', async () => {
  const { stream } = await play(['next', 'push']);
  await expect(stream.throw(new Error('mine'))).rejects.toThrow('mine');
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test('await using abandons the stream', async () => {
  const { stream } = await play(['next', 'push', 'push']);
  {
    await using held = stream;
    expect(held.queuedRows).toBe(1);
  }
  expect(stream.ended).toBe(true);
});
