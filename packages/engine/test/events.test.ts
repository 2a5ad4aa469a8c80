import { expect, test } from 'vitest';
import { readAll, rejection } from './support/chunks.js';
import { EngineRecorder } from './support/engine-recorder.js';
import { fakeEngine, loadedEngine } from './support/fake-engine.js';

test('a model and a generation tell their whole story', async () => {
  const { engine } = fakeEngine();
  const recorder = new EngineRecorder(engine);
  await engine.loadModel('m');
  const chunks = await readAll(
    engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 2 }, { streamId: 's' }),
  );
  await engine.shutdown();
  expect(recorder.names).toEqual([
    'runtime:status',
    'model:loaded',
    'runtime:status',
    'generation:started',
    'generation:token',
    'generation:token',
    'generation:completed',
    'model:unloaded',
    'runtime:status',
  ]);
  expect(recorder.of('runtime:status')).toEqual([
    expect.objectContaining({ status: 'starting', previousStatus: 'stopped' }),
    expect.objectContaining({ status: 'ready', previousStatus: 'starting' }),
    expect.objectContaining({ status: 'stopped', previousStatus: 'ready' }),
  ]);
  expect(recorder.of('model:loaded')[0]).toMatchObject({ model: 'm', modelPath: '/models/m' });
  expect(recorder.of('generation:started')[0]).toMatchObject({
    streamId: 's',
    model: 'm',
    prompt: 'x',
  });
  expect(recorder.of('generation:completed')[0]).toMatchObject({
    streamId: 's',
    stats: { tokensGenerated: 2 },
  });
  for (const { event } of recorder.seen) {
    expect(event).toHaveProperty('timestamp', expect.any(Number));
  }
  const end = chunks.at(-1);
  expect(recorder.of('generation:completed')[0]?.stats).toEqual(
    end?.type === 'metadata' && end.stats,
  );
});

test('several answers are one request: one start, one end, tokens with their index', async () => {
  const { engine } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  await readAll(engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 4, n: 2 }));
  const tokens = recorder.of('generation:token');
  expect(tokens).toHaveLength(8);
  expect(new Set(tokens.map(({ index }) => index))).toEqual(new Set([0, 1]));
  expect(recorder.names.filter((name) => name !== 'generation:token')).toEqual([
    'generation:started',
    'generation:completed',
  ]);
  expect(recorder.seen.at(-1)?.event).toMatchObject({ stats: { tokensGenerated: 8 } });
});

test('a cancelled generation ends with one error event', async () => {
  const { engine } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  const params = { model: 'm', prompt: 'x', maxTokens: 10_000 };
  const stream = engine.createGenerator(params, { streamId: 's' });
  await stream.next();
  await stream.return();
  expect(recorder.names.filter((name) => name !== 'generation:token')).toEqual([
    'generation:started',
    'error',
  ]);
  expect(recorder.seen.at(-1)?.event).toMatchObject({
    error: { code: 'Cancelled' },
    context: { streamId: 's', model: 'm' },
  });
});

test('a load that fails is an error event and an error status', async () => {
  const fault = { when: { request: 'load' }, action: { type: 'exit', code: 3 } } as const;
  const { engine } = fakeEngine({}, { faults: [fault] });
  const recorder = new EngineRecorder(engine);
  expect(await rejection(engine.loadModel('m'))).toMatchObject({ code: 'ModelLoadError' });
  expect(recorder.names).toEqual(['runtime:status', 'error', 'runtime:status']);
  expect(recorder.seen.at(-1)?.event).toMatchObject({ status: 'error' });
  expect((await engine.healthCheck()).healthy).toBe(false);
});

test('a listener that was removed hears nothing', async () => {
  const { engine } = await loadedEngine();
  let heard = 0;
  const listener = () => {
    heard += 1;
  };
  engine.on('generation:token', listener);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  engine.off('generation:token', listener);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  expect(heard).toBe(1);
});
