import { expect, test } from 'vitest';
import { createEngine, type RuntimeLog } from '../src/index.js';
import { rejection } from './support/chunks.js';
import { fakeEngine, loadedEngine } from './support/fake-engine.js';
import { FakeRunner } from './support/fake-runner.js';

test('tokenize, detokenize and countTokens agree', async () => {
  const { engine } = await loadedEngine();
  const { tokens, tokenStrings } = await engine.tokenize({ model: 'm', text: 'one two' });
  expect(tokens).toHaveLength(2);
  expect(await engine.detokenize({ model: 'm', tokens })).toBe(tokenStrings?.join(''));
  expect(await engine.tokenize({ model: 'm', text: '', addBos: false })).toMatchObject({
    tokens: [],
  });
  const messages = [{ role: 'user' as const, content: 'one two three' }];
  expect(await engine.countTokens({ model: 'm', messages })).toBe(3);
});

test('calls refuse what they do not know', async () => {
  const { engine } = await loadedEngine();
  const request = { model: 'm', text: 'x', addEos: true };
  expect(await rejection(engine.tokenize(request))).toMatchObject({
    code: 'InvalidParams',
    details: { issues: [{ code: 'unrecognized_keys' }] },
  });
  expect(await rejection(engine.getModelInfo(''))).toMatchObject({ code: 'InvalidParams' });
  expect(await rejection(engine.capabilities('none'))).toMatchObject({ code: 'ModelNotLoaded' });
});

test('a call that is aborted or takes too long is rejected at once', async () => {
  const ignore = { when: { request: 'tokenize' }, action: { type: 'ignore' } } as const;
  const { engine } = await loadedEngine({}, { faults: [ignore] });
  const request = { model: 'm', text: 'x' };
  expect(await rejection(engine.tokenize(request, { timeoutMs: 50 }))).toMatchObject({
    code: 'Timeout',
  });
  const signal = AbortSignal.abort();
  expect(await rejection(engine.tokenize(request, { signal }))).toMatchObject({
    name: 'AbortError',
  });
});

test('json_rpc.default_timeout_ms bounds calls that bring no limit', async () => {
  const ignore = { when: { request: 'tokenize' }, action: { type: 'ignore' } } as const;
  const { engine } = await loadedEngine(
    { json_rpc: { default_timeout_ms: 50 } },
    { faults: [ignore] },
  );
  expect(await rejection(engine.tokenize({ model: 'm', text: 'x' }))).toMatchObject({
    code: 'Timeout',
  });
});

test('chat takes messages alone when one model is loaded, and answers with a turn', async () => {
  const { engine } = await loadedEngine({ model: { default_max_tokens: 7 } });
  const messages = [{ role: 'user' as const, content: 'hello there' }];
  const turn = await engine.chat(messages);
  expect(turn).toMatchObject({
    role: 'assistant',
    finishReason: 'length',
    stats: { tokensGenerated: 7 },
  });
  const next = await engine.chat([...messages, turn, { role: 'user', content: 'and?' }]);
  expect(next.content).not.toBe('');
  let streamed = '';
  for await (const chunk of engine.chatStream({ model: 'm', messages })) {
    if (chunk.type === 'token') streamed += chunk.token;
  }
  expect(streamed).toBe(turn.content);
  await engine.loadModel('n');
  expect(await rejection(engine.chat(messages))).toMatchObject({
    details: { field: 'model' },
    message: expect.stringContaining('m, n'),
  });
});

test('information about the runtime, its health and what a model can do', async () => {
  const { engine, runner } = fakeEngine();
  expect(await engine.healthCheck()).toEqual({
    healthy: false,
    status: 'stopped',
    models: [],
    activeStreams: 0,
  });
  await engine.loadModel('m');
  await engine.warmupModel('m');
  expect(await engine.healthCheck()).toEqual({
    healthy: true,
    status: 'ready',
    models: [{ id: 'm', state: 'ready' }],
    activeStreams: 0,
  });
  expect(await engine.getRuntimeInfo()).toMatchObject({
    status: 'ready',
    engineVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    models: [
      { model: 'm', runtimeVersion: 'fake', pid: runner.processes[0]?.sidecar?.pid, restarts: 0 },
    ],
  });
  expect(await engine.capabilities('m')).toMatchObject({
    model: 'm',
    chat: true,
    structuredOutput: true,
    contextLength: 1_000_000,
  });
  expect(await engine.getBatchStats()).toMatchObject({
    requests: { admitted: 1, finished: 1 },
    meanBatchSize: 1,
  });
  expect(await engine.getCacheStats('m')).toMatchObject({
    entries: 0,
    hitRate: 0,
    disk: { entries: 0, bytes: 0, hits: 0 },
  });
});

test('an engine that cannot be configured says which field is wrong', () => {
  expect(() => createEngine({ config: { model: { max_loaded_models: 0 } } })).toThrow(
    "Validation error on field 'model.max_loaded_models'",
  );
});

test('streams beyond the limit are refused with the time to wait', async () => {
  const { engine } = await loadedEngine({ stream_registry: { max_active_streams: 2 } });
  const params = { model: 'm', prompt: 'x', maxTokens: 10_000 };
  const streams = [engine.createGenerator(params), engine.createGenerator(params)];
  await Promise.all(streams.map((stream) => stream.next()));
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'Overloaded',
    retryable: true,
    details: { type: 'too_many_streams', limit: 2, retryAfter: expect.any(Number) },
  });
  await streams[0]?.return();
  await engine.generate({ ...params, maxTokens: 1 });
  await streams[1]?.return();
});

test('what the Python side logs and prints is handed to onLog, with the model it is about', async () => {
  const frame = { jsonrpc: '2.0', method: 'log', params: { level: 'warn', message: 'careful' } };
  const bytes = `${JSON.stringify(frame)}\n`;
  const write = { when: { request: 'load' }, action: { type: 'write', bytes } } as const;
  using runner = new FakeRunner({}, [{ startupStderr: 'hello\n', faults: [write] }]);
  const logs: RuntimeLog[] = [];
  await using engine = createEngine({ runner, onLog: (log) => logs.push(log) });
  await engine.loadModel('m');
  await expect
    .poll(() => logs)
    .toEqual([
      { level: 'info', message: 'hello', model: 'm' },
      { level: 'warn', message: 'careful', model: 'm' },
    ]);
});
