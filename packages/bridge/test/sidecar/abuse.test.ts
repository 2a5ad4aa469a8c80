import { describe, expect, test } from 'vitest';
import {
  collect,
  rejection,
  sidecarPlaying,
  startedSidecar,
  textRequest,
} from '../support/sidecars.js';
import type { FakeAction } from '@mlx/bridge/testing';

function writing(bytes: string) {
  return { when: { request: 'stats' as const }, action: { type: 'write', bytes } as FakeAction };
}

describe('what a sidecar must not send', () => {
  test.each([
    ['a line that is not JSON', 'Loading weights...\n', { malformedFrames: 1 }],
    ['invalid UTF-8', '{"jsonrpc":"2.0","id":1,"result":"\xff"}\n', { invalidUtf8Lines: 1 }],
    ['JSON that is no frame', '[1]\n"x"\n{}\n', { malformedFrames: 3 }],
    ['an unknown notification', '{"jsonrpc":"2.0","method":"party"}\n', { malformedFrames: 1 }],
    [
      'a notification that breaks its schema',
      '{"jsonrpc":"2.0","method":"heartbeat","params":{"ticks":-1}}\n',
      { malformedFrames: 1 },
    ],
    [
      'an answer nobody asked for',
      '{"jsonrpc":"2.0","id":999,"result":{}}\n',
      { unknownReplies: 1 },
    ],
    ['an id of another kind', '{"jsonrpc":"2.0","id":"x","result":{}}\n', { unknownReplies: 1 }],
    ['a second answer', '{"jsonrpc":"2.0","id":1,"result":{}}\n', { duplicateReplies: 1 }],
    [
      'an error nobody asked for',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}\n',
      { unknownReplies: 1 },
    ],
    [
      'tokens of a stream that does not exist',
      '{"jsonrpc":"2.0","method":"tokens","params":{"rows":[{"streamId":"?","text":"","tokens":[]}]}}\n',
      { unknownRows: 1 },
    ],
    ['tokens without rows', '{"jsonrpc":"2.0","method":"tokens"}\n', { malformedFrames: 1 }],
    [
      'a malformed row',
      '{"jsonrpc":"2.0","method":"tokens","params":{"rows":[{"streamId":"?"}]}}\n',
      { malformedFrames: 1 },
    ],
  ])('%s is counted, and the next frame is read', async (_name, bytes, counters) => {
    const sidecar = await startedSidecar({ faults: [writing(bytes)] });
    expect(await sidecar.request('stats', {})).toHaveProperty('uptimeMs');
    expect(sidecar.stats()).toMatchObject(counters);
  });

  test('an answer that comes too late is counted as late', async () => {
    const sidecar = await startedSidecar({ load: { stepMs: 60, steps: 1 } });
    const load = { modelId: 'm', path: '/m' };
    expect(await rejection(sidecar.request('load', load, { timeoutMs: 20 }))).toMatchObject({
      code: 'Timeout',
    });
    await expect.poll(() => sidecar.stats().lateReplies).toBe(1);
  });

  test('an answer that breaks its schema fails its call only', async () => {
    const answer = { type: 'answer', result: { tokens: 'many' } } as const;
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'tokenize' }, action: answer }],
    });
    const tokenize = () => sidecar.request('tokenize', { prompt: { type: 'text', text: 'a b' } });
    expect(await rejection(tokenize())).toMatchObject({
      code: 'TransportError',
      details: { type: 'protocol_violation' },
    });
    expect((await tokenize()).tokens).toHaveLength(2);
  });

  test('a malformed row ends its stream, because its text has a hole', async () => {
    const row = '{"streamId":"a","text":5,"tokens":[1]}';
    const bytes = `{"jsonrpc":"2.0","method":"tokens","params":{"rows":[${row}]}}\n`;
    const sidecar = await startedSidecar({
      generation: { stepMs: 2 },
      faults: [{ when: { tokens: 3 }, action: { type: 'write', bytes } }],
    });
    const stream = sidecar.generate(textRequest('a', 1000));
    expect(await rejection(collect(stream))).toMatchObject({ code: 'TransportError' });
    expect((await sidecar.request('stats', {})).requests.cancelled).toBe(1);
  });

  test('more tokens than there was credit for end the stream', async () => {
    const sidecar = await startedSidecar(
      { generation: { ignoreCredit: true } },
      { creditWindow: 8 },
    );
    const stream = sidecar.generate(textRequest('a', 100_000));
    await stream.next();
    await expect.poll(() => sidecar.stats().lateRows).toBeGreaterThan(0);
    expect(await rejection(stream.next())).toMatchObject({
      message: expect.stringContaining('ignores the credit'),
    });
  });

  test('a line without end gets the process killed before it fills the memory', async () => {
    const sidecar = await startedSidecar(
      {
        faults: [{ when: { request: 'stats' }, action: { type: 'endless-line', bytes: 500_000 } }],
      },
      { maxFrameBytes: 100_000 },
    );
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({
      code: 'SidecarCrashed',
      cause: { reason: 'protocol' },
    });
    expect(sidecar.stats().oversizedLines).toBe(1);
  });

  test('a flood of stderr neither blocks the sidecar nor fills the memory', async () => {
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'stats' }, action: { type: 'stderr', bytes: 200_000_000 } }],
    });
    const before = process.memoryUsage().rss;
    await sidecar.request('stats', {});
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    const exit = await sidecar.stop();
    expect(exit?.stderrTail.length).toBeLessThanOrEqual(16 * 1024);
    expect(exit?.stderrTail).toMatch(/noise $/m);
  });

  test('stderr is cut into lines for whoever listens', async () => {
    const lines: string[] = [];
    const sidecar = sidecarPlaying({ startupStderr: 'one\n\ntwo é\nunfinished' });
    sidecar.on('stderr', (line) => lines.push(line));
    await sidecar.start();
    await sidecar.stop();
    expect(lines).toEqual(['one', 'two é']);
  });
});

describe('the write side', () => {
  const bigPrompt = { prompt: { type: 'text' as const, text: 'x'.repeat(300_000) } };

  test('waits while the pipe is full, and goes on when it drains', async () => {
    const sidecar = await startedSidecar({}, { writeHighWaterBytes: 100_000 });
    const calls = Array.from({ length: 20 }, () => sidecar.request('tokenize', bigPrompt));
    expect(sidecar.stats()).toMatchObject({ pendingRequests: 20 });
    expect(sidecar.stats().bytesOut).toBeLessThan(1_000_000);
    for (const { tokens } of await Promise.all(calls)) expect(tokens).toHaveLength(1);
  });

  test('a request that still waits is never sent once it is aborted', async () => {
    const sidecar = await startedSidecar(
      { faults: [{ when: { request: 'stats' }, action: { type: 'deaf' } }] },
      { writeHighWaterBytes: 1000 },
    );
    await sidecar.request('stats', {});
    const first = rejection(sidecar.request('tokenize', bigPrompt, { timeoutMs: 500 }));
    const { framesOut } = sidecar.stats();
    const controller = new AbortController();
    const second = sidecar.request('tokenize', bigPrompt, { signal: controller.signal });
    const stream = sidecar.generate(textRequest('a', 5), { signal: controller.signal });
    const next = stream.next();
    controller.abort();
    expect(await rejection(second)).toMatchObject({ name: 'AbortError' });
    expect(await rejection(next)).toMatchObject({ name: 'AbortError' });
    expect(await first).toMatchObject({ code: 'Timeout' });
    expect(sidecar.stats()).toMatchObject({ framesOut, pendingRequests: 0, activeStreams: 0 });
  });

  test('refuses more pending requests than allowed, at once', async () => {
    const sidecar = await startedSidecar(
      { faults: [{ when: { request: 'stats' }, action: { type: 'hang' } }] },
      { maxPendingRequests: 2 },
    );
    const waiting = [1, 2].map(() => rejection(sidecar.request('stats', {})));
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({
      code: 'Overloaded',
      retryable: true,
    });
    await sidecar.stop({ force: true });
    await Promise.all(waiting);
  });

  test('a request longer than a frame may be is refused with both sizes', async () => {
    const sidecar = await startedSidecar({}, { maxFrameBytes: 100_000 });
    expect(await rejection(sidecar.request('tokenize', bigPrompt))).toMatchObject({
      code: 'InvalidParams',
      message: expect.stringContaining('100000 are taken at most'),
    });
  });

  test('writing to a process that died is no unhandled error', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 1 } });
    const stream = sidecar.generate(textRequest('a', 100_000));
    await stream.next();
    process.kill(sidecar.pid ?? 0, 'SIGKILL');
    const writes = Array.from({ length: 50 }, () =>
      rejection(sidecar.request('tokenize', bigPrompt)),
    );
    for (const error of await Promise.all(writes)) {
      expect(error).toMatchObject({ code: 'SidecarCrashed' });
    }
    await stream.return();
  });
});

describe('slow consumers', () => {
  test('are reported, then dropped with a typed error, and their row is freed', async () => {
    const sidecar = await startedSidecar(
      {},
      { creditWindow: 16, slowConsumerThresholdMs: 30, ackTimeoutMs: 120 },
    );
    const slow: string[] = [];
    sidecar.on('slowConsumer', (streamId) => slow.push(streamId));
    const stream = sidecar.generate(textRequest('idle', 10_000));
    await stream.next();
    await expect.poll(() => sidecar.stats().slowConsumers).toBe(1);
    expect(await rejection(stream.next())).toMatchObject({
      code: 'Timeout',
      details: { type: 'slow_consumer', streamId: 'idle' },
    });
    expect(slow).toEqual(['idle']);
    expect((await sidecar.request('stats', {})).requests.cancelled).toBe(1);
  });

  test('are kept while they take something now and then', async () => {
    const sidecar = await startedSidecar({}, { creditWindow: 4, ackTimeoutMs: 500 });
    let taken = 0;
    for await (const row of sidecar.generate(textRequest('a', 10))) {
      taken += row.tokens.length;
      await new Promise((resolve) => setTimeout(resolve, 70));
    }
    expect(taken).toBe(10);
  });
});
