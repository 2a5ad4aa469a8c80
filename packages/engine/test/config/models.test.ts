import { expect, test } from 'vitest';
import { rejection } from '../support/chunks.js';
import { fakeEngine } from '../support/fake-engine.js';
import { EngineRecorder } from '../support/engine-recorder.js';

const ids = async (engine: { listModels(): Promise<{ descriptor: { id: string } }[]> }) =>
  (await engine.listModels()).map(({ descriptor }) => descriptor.id);

const use = (engine: ReturnType<typeof fakeEngine>['engine'], model: string) =>
  engine.generate({ model, prompt: 'x', maxTokens: 1 });

test('max_loaded_models: the idle model that was used longest ago makes room', async () => {
  const { engine } = fakeEngine({ model: { max_loaded_models: 2 } });
  await engine.loadModel('a');
  await engine.loadModel('b');
  await use(engine, 'a');
  await engine.loadModel('c');
  expect(await ids(engine)).toEqual(['a', 'c']);
});

test('max_loaded_models: a model in use is never evicted', async () => {
  const { engine } = fakeEngine({ model: { max_loaded_models: 1 } });
  await engine.loadModel('a');
  const stream = engine.createGenerator({ model: 'a', prompt: 'x', maxTokens: 10_000 });
  await stream.next();
  expect(await rejection(engine.loadModel('b'))).toMatchObject({
    code: 'Overloaded',
    retryable: true,
    details: { type: 'too_many_models', limit: 1 },
  });
  expect(await ids(engine)).toEqual(['a']);
  await stream.return();
  await engine.loadModel('b');
  expect(await ids(engine)).toEqual(['b']);
});

test.each([
  ['lfu', ['a', 'c']],
  ['fifo', ['b', 'c']],
] as const)('memory_cache.eviction_strategy %s', async (eviction_strategy, left) => {
  const { engine } = fakeEngine({
    model: { max_loaded_models: 2, memory_cache: { eviction_strategy } },
  });
  await engine.loadModel('a');
  await use(engine, 'a');
  await use(engine, 'a');
  await engine.loadModel('b');
  await use(engine, 'b');
  await engine.loadModel('c');
  expect(await ids(engine)).toEqual(left);
});

test('memory_cache.enabled: false unloads a model after its last request', async () => {
  const { engine } = fakeEngine({ model: { memory_cache: { enabled: false } } });
  const unloaded = new Promise((resolve) => {
    engine.once('model:unloaded', resolve);
  });
  await engine.loadModel('a');
  expect(await ids(engine)).toEqual(['a']);
  await use(engine, 'a');
  expect(await unloaded).toMatchObject({ model: 'a' });
  expect(await ids(engine)).toEqual([]);
});

test('memory_cache.max_cached_models bounds the idle models kept', async () => {
  const { engine } = fakeEngine({ model: { memory_cache: { max_cached_models: 1 } } });
  await engine.loadModel('a');
  await engine.loadModel('b');
  await use(engine, 'a');
  await use(engine, 'b');
  await expect.poll(() => ids(engine)).toEqual(['b']);
});

test('memory_cache.warmup_on_start loads and runs models, cache.preload_models fetches them', async () => {
  const { engine, runner } = fakeEngine({
    cache: { preload_models: ['fetched'] },
    model: { memory_cache: { warmup_on_start: ['warm'] } },
  });
  await new Promise((resolve) => {
    engine.once('generation:completed', resolve);
  });
  expect(await ids(engine)).toEqual(['warm']);
  expect(runner.located).toEqual(['fetched', 'warm']);
});

test('a warm-up that fails is told in an event', async () => {
  const { engine } = fakeEngine(
    { model: { memory_cache: { warmup_on_start: ['m'] } } },
    { exitAtStart: 3 },
  );
  const recorder = new EngineRecorder(engine);
  await expect.poll(() => recorder.of('error').length).toBe(2);
  expect(recorder.of('error').at(-1)).toMatchObject({
    error: { code: 'ModelLoadError' },
    context: { model: 'm', key: 'model.memory_cache.warmup_on_start' },
  });
});

test('memory_cache.track_stats shows how much a model is used', async () => {
  for (const track_stats of [true, false]) {
    const { engine } = fakeEngine({ model: { memory_cache: { track_stats } } });
    await engine.loadModel('m');
    await use(engine, 'm');
    const { metadata } = await engine.getModelInfo('m');
    expect(metadata['calls']).toBe(track_stats ? 1 : undefined);
  }
});

test('supported_dtypes and default_dtype refuse a model that computes in another type', async () => {
  for (const model of [
    { supported_dtypes: ['bfloat16' as const] },
    { default_dtype: 'float16' as const },
  ]) {
    const { engine, runner } = fakeEngine({ model });
    expect(await rejection(engine.loadModel('m'))).toMatchObject({
      code: 'ModelLoadError',
      details: { type: 'dtype_refused', dtype: 'float32' },
    });
    expect(runner.processes.map(({ state }) => state)).toEqual(['stopped']);
  }
  const { engine } = fakeEngine({ model: { default_dtype: 'float32' } });
  await engine.loadModel('m');
});

test('memory that is too short for a load costs an idle model, once', async () => {
  const error = {
    type: 'error',
    code: -32000,
    message: 'no memory',
    data: { type: 'out_of_memory' },
  } as const;
  const short = { faults: [{ when: { request: 'load' }, action: error }] } as const;
  const { engine } = fakeEngine({}, {}, short, {});
  await engine.loadModel('a');
  await engine.loadModel('b');
  expect(await ids(engine)).toEqual(['b']);
  const alone = fakeEngine({}, short);
  expect(await rejection(alone.engine.loadModel('c'))).toMatchObject({
    code: 'Overloaded',
    details: { type: 'out_of_memory' },
  });
});
