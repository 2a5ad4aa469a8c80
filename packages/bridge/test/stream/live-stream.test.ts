import type { WireTokenRow } from '@mlx/schemas/wire';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineClientError } from '@mlx/schemas';
import { LiveStream } from '../../src/stream/live-stream.js';
import { systemClock } from '../../src/time/clock.js';
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

const failed = new EngineClientError('TransportError', 'gone');

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

/** A stream on a connection that counts what is asked of it. */
function liveStream() {
  const counts = { started: 0, cancelled: 0, consumed: [] as number[] };
  const abort = new AbortController();
  const live = new LiveStream(
    { streamId: 'a', prompt: { type: 'text', text: 'x' }, sampling: { maxTokens: 1 } },
    { signal: abort.signal },
    {
      creditWindow: 256,
      watchOptions: { clock: systemClock, slowConsumerThresholdMs: 1000, ackTimeoutMs: 1000 },
      start: () => {
        counts.started += 1;
        return { written: true, withdraw: () => {} };
      },
      remove: () => {},
      sendCredit: () => {},
      sendCancel: () => (counts.cancelled += 1),
      countLateRow: () => {},
      countSlowConsumer: () => {},
      reportSlowConsumer: () => {},
    },
  );
  const take = live.take.bind(live);
  live.take = () => {
    const taken = take();
    if (taken) counts.consumed.push(...taken.tokens);
    return taken;
  };
  return { live, counts, abort };
}

/** Plays steps against a stream and reports what its consumer saw, in order. */
async function play(steps: readonly Step[]) {
  const { live, counts, abort } = liveStream();
  const { stream } = live;
  let sent = 0;
  const calls: Promise<unknown>[] = [];
  const seen: unknown[] = [];
  const next = () => {
    const outcome = stream.next().then(
      (result) => seen.push(result.done === true ? 'done' : result.value.tokens[0]),
      (error: Error) => seen.push(error === failed ? 'failed' : error.name),
    );
    calls.push(outcome);
  };
  let gone = false;
  for (const step of steps) {
    if (step === 'next') next();
    // A connection sends nothing before the stream was opened, and nothing after its end.
    else if (step === 'return') calls.push(stream.return());
    else if (counts.started > 0 && (step === 'push' || step === 'finish') && !gone) {
      gone = step === 'finish';
      live.receive(row((sent += 1), step === 'finish'));
    } else if (counts.started > 0 && step === 'fail' && !gone) {
      gone = true;
      live.fail(failed);
    } else if (counts.started > 0 && step === 'interrupt') abort.abort();
    await settle();
  }
  return { stream, seen, calls, counts, sent };
}

test('rows come in order, at most one error comes, and after an end only "done" does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
      const { stream, seen, calls, counts, sent } = await play(steps);
      const tokens = seen.filter((value) => typeof value === 'number');
      expect(tokens).toEqual(tokens.map((_, index) => index + 1));
      expect(counts.consumed).toEqual(tokens);
      const errors = seen.filter((value) => value === 'failed' || value === 'AbortError');
      expect(errors.length).toBeLessThanOrEqual(1);
      // What had come when the connection went can still be taken.
      if (seen.includes('failed')) expect(tokens).toHaveLength(sent);
      const end = seen.findIndex((value) => typeof value === 'string');
      if (end !== -1) expect(seen.slice(end + 1).every((value) => value === 'done')).toBe(true);
      expect(counts.cancelled).toBeLessThanOrEqual(1);
      expect(counts.started).toBeLessThanOrEqual(1);
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

test('await using abandons the stream, and what it held', async () => {
  const { stream, counts } = await play(['next', 'push', 'push']);
  {
    await using held = stream;
    expect(held.awaited).toBe(false);
    expect(counts.cancelled).toBe(0);
  }
  expect(counts.cancelled).toBe(1);
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect(counts.consumed).toEqual([1]);
});
