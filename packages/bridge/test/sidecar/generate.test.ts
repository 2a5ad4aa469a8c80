import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { collect, rejection, startedSidecar, textRequest } from '../support/sidecars.js';

describe('generate', () => {
  test('yields every row in order and ends after the one that carries the finish', async () => {
    const sidecar = await startedSidecar();
    const rows = await collect(sidecar.generate(textRequest('a', 1000)));
    expect(rows).toHaveLength(1000);
    expect(rows.at(-1)?.finish?.usage.completionTokens).toBe(1000);
    expect(rows.filter((row) => row.finish !== undefined)).toHaveLength(1);
    expect(sidecar.stats()).toMatchObject({ tokens: 1000, activeStreams: 0, pendingRequests: 0 });
  });

  test('gives each of many streams its own text', async () => {
    const sidecar = await startedSidecar();
    const alone = await collect(sidecar.generate(textRequest('alone', 300)));
    const together = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        collect(sidecar.generate(textRequest(`s${index}`, 300))),
      ),
    );
    const text = (rows: typeof alone) => rows.map((row) => row.text).join('');
    expect(new Set(together.map(text))).toEqual(new Set([text(alone)]));
  });

  test('sends nothing before the first next()', async () => {
    const sidecar = await startedSidecar();
    const stream = sidecar.generate(textRequest('a', 10));
    expect(sidecar.stats().activeStreams).toBe(0);
    await stream.return();
    expect(await collect(stream)).toEqual([]);
    expect((await sidecar.request('stats', {})).requests.admitted).toBe(0);
  });

  test('stays within its credit when the consumer stops reading, and only its own row pauses', async () => {
    const sidecar = await startedSidecar({}, { creditWindow: 64 });
    const idle = sidecar.generate(textRequest('idle', 10_000));
    await idle.next();
    await collect(sidecar.generate(textRequest('busy', 2000)));
    const { rows } = await sidecar.request('stats', {});
    expect(rows).toMatchObject({ paused: 1, decoding: 0 });
    expect(sidecar.stats().tokens).toBe(2000 + 64);
    await idle.return();
  });

  test('frees the row in the sidecar when the consumer breaks out', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 1 } });
    for await (const row of sidecar.generate(textRequest('a', 100_000))) {
      expect(row.tokens).toHaveLength(1);
      break;
    }
    const { requests, rows } = await sidecar.request('stats', {});
    expect(requests.cancelled).toBe(1);
    expect(rows).toMatchObject({ decoding: 0, paused: 0, queued: 0 });
    expect(sidecar.stats().activeStreams).toBe(0);
  });

  test('an abort ends the stream at once with AbortError and frees the row', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 1 } });
    const controller = new AbortController();
    const stream = sidecar.generate(textRequest('a', 100_000), { signal: controller.signal });
    await stream.next();
    const reading = collect(stream);
    controller.abort(new Error('enough'));
    const error = await rejection(reading);
    expect(error).toMatchObject({ name: 'AbortError', code: 'Cancelled', retryable: false });
    expect((error as Error).cause).toEqual(new Error('enough'));
    expect((await sidecar.request('stats', {})).requests.cancelled).toBe(1);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test('an abort frees a request that still waits for a row', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 5, maxRows: 1 } });
    const running = sidecar.generate(textRequest('running', 100_000));
    await running.next();
    const controller = new AbortController();
    const waiting = sidecar.generate(textRequest('waiting', 10), { signal: controller.signal });
    const first = waiting.next();
    expect((await sidecar.request('stats', {})).rows.queued).toBe(1);
    controller.abort();
    expect(await rejection(first)).toMatchObject({ name: 'AbortError' });
    expect((await sidecar.request('stats', {})).rows.queued).toBe(0);
    await running.return();
  });

  test('a signal aborted before the start keeps the request from being sent', async () => {
    const sidecar = await startedSidecar();
    const stream = sidecar.generate(textRequest('a', 5), { signal: AbortSignal.abort() });
    expect(await rejection(stream.next())).toMatchObject({ name: 'AbortError' });
    expect((await sidecar.request('stats', {})).requests.admitted).toBe(0);
  });

  test('an abort after the end changes nothing', async () => {
    const sidecar = await startedSidecar();
    const controller = new AbortController();
    const stream = sidecar.generate(textRequest('a', 5), { signal: controller.signal });
    expect(await collect(stream)).toHaveLength(5);
    controller.abort();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect((await sidecar.request('stats', {})).requests.cancelled).toBe(0);
  });

  test('AbortSignal.timeout ends the stream with Timeout', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 1 } });
    const stream = sidecar.generate(textRequest('a', 100_000), { signal: AbortSignal.timeout(20) });
    expect(await rejection(collect(stream))).toMatchObject({ code: 'Timeout' });
  });

  test('a refusal by the sidecar is thrown with its type', async () => {
    const sidecar = await startedSidecar({ generation: { maxRows: 1, maxQueued: 0, stepMs: 5 } });
    const running = sidecar.generate(textRequest('running', 100_000));
    await running.next();
    const refused = sidecar.generate(textRequest('refused', 1));
    expect(await rejection(refused.next())).toMatchObject({
      code: 'Overloaded',
      retryable: true,
      details: { type: 'queue_full' },
    });
    await running.return();
  });

  test('a stream id in use is refused before it reaches the sidecar', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 5 } });
    const first = sidecar.generate(textRequest('same', 100_000));
    await first.next();
    const second = sidecar.generate(textRequest('same', 1));
    expect(await rejection(second.next())).toMatchObject({
      code: 'InvalidParams',
      details: { type: 'duplicate_stream' },
    });
    expect((await first.next()).done).toBe(false);
    await first.return();
  });

  test('parameters that break the schema are refused with the field named', async () => {
    const sidecar = await startedSidecar();
    const stream = sidecar.generate(textRequest('a', 0));
    expect(await rejection(stream.next())).toMatchObject({
      code: 'InvalidParams',
      details: { field: 'sampling.maxTokens' },
    });
  });

  test('a request that is not accepted in time is cancelled in the sidecar', async () => {
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'generate' }, action: { type: 'ignore' } }],
    });
    const stream = sidecar.generate(textRequest('a', 10), { timeoutMs: 30 });
    expect(await rejection(stream.next())).toMatchObject({ code: 'Timeout', retryable: true });
    const framesOut = sidecar.stats().framesOut;
    expect(framesOut).toBe(3);
  });

  test('leaves no listener on the signal, however streams and calls ended', async () => {
    const sidecar = await startedSidecar();
    const { signal } = new AbortController();
    await collect(sidecar.generate(textRequest('finished', 3), { signal }));
    for await (const row of sidecar.generate(textRequest('left', 1000), { signal })) {
      if (row.tokens.length > 0) break;
    }
    await rejection(sidecar.generate(textRequest('refused', 0), { signal }).next());
    await sidecar.request('stats', {}, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const crashing = sidecar.generate(textRequest('crashing', 100_000), { signal });
    await crashing.next();
    process.kill(sidecar.pid ?? 0, 'SIGKILL');
    await rejection(collect(crashing));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('several next() calls at once are served in order', async () => {
    const sidecar = await startedSidecar();
    const stream = sidecar.generate(textRequest('a', 2));
    const results = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ done }) => done)).toEqual([false, false, true]);
    expect(results[1].value?.finish?.reason).toBe('length');
  });
});
