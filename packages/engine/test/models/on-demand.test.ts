import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEngine, type Engine } from '../../src/index.js';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { readAll, rejection, textOf } from '../support/chunks.js';
import { fakeEngine } from '../support/fake-engine.js';
import { StubRunner } from '../support/stub-runner.js';

function stubEngine(
  sizes: Readonly<Record<string, number>>,
  model: NonNullable<RuntimeConfigInput['model']> = {},
) {
  const runner = new StubRunner(sizes);
  const engine = createEngine({ config: { model }, runner });
  onTestFinished(() => engine.dispose());
  return { engine, runner };
}

const states = async (engine: Engine) =>
  Object.fromEntries((await engine.knownModels()).map(({ id, state }) => [id, state]));

const use = async (engine: Engine, id: string) => {
  using _lease = await engine.acquireModel(id);
  await setImmediate();
};

test('a request for a model that is on disk has it loaded', async () => {
  const { engine, runner } = stubEngine({ a: 1, b: 1 });
  expect(await states(engine)).toEqual({ a: 'unloaded', b: 'unloaded' });
  expect((await engine.healthCheck()).healthy).toBe(false);
  await Promise.all([
    engine.tokenize({ model: 'a', text: 'x' }),
    engine.tokenize({ model: 'a', text: 'y' }),
  ]);
  expect(runner.loads).toBe(1);
  expect(await states(engine)).toEqual({ a: 'ready', b: 'unloaded' });
});

test('a generation waits for its model to be loaded, and ends with its caller', async () => {
  const { engine } = fakeEngine({}, { load: { steps: 20, stepMs: 10 } });
  engine.registerModel('m');
  const chunks = await readAll(engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 2 }));
  expect(textOf(chunks)).not.toBe('');
  await engine.unloadModel('m');
  const controller = new AbortController();
  const given = engine.createGenerator({ model: 'm', prompt: 'x' }, { signal: controller.signal });
  const ended = rejection(given.next());
  await setTimeout(20);
  controller.abort();
  expect(await ended).toMatchObject({ code: 'Cancelled' });
});

test('load_on_demand: never leaves loading to those who ask for it', async () => {
  const { engine } = stubEngine({ a: 1 }, { load_on_demand: 'never' });
  expect(await states(engine)).toEqual({});
  expect(await rejection(engine.acquireModel('a'))).toMatchObject({ code: 'ModelNotLoaded' });
  await engine.loadModel('a');
  expect(await states(engine)).toEqual({ a: 'ready' });
});

test('a model that is not on disk is not loaded, and one that was unloaded by hand comes back', async () => {
  const { engine, runner } = stubEngine({ a: 1 });
  expect(await rejection(engine.acquireModel('b'))).toMatchObject({ code: 'ModelNotLoaded' });
  await use(engine, 'a');
  await engine.unloadModel('a');
  await use(engine, 'a');
  expect(runner.loads).toBe(2);
});

test('keep_alive_ms: a model that a request had loaded leaves when it is not used for so long', async () => {
  const { engine } = stubEngine({ a: 1, b: 1, c: 1 }, { keep_alive_ms: 40 });
  await engine.loadModel('b');
  await use(engine, 'a');
  const known = async () => (await engine.knownModels()).find(({ id }) => id === 'a');
  const a = await known();
  expect(a).toMatchObject({ state: 'ready', activeRequests: 0, memoryBytes: 1 });
  expect(a?.expiresAt).toBeGreaterThan(Date.now() - 1000);
  await engine.loadModel('a', { pinned: true, keepAliveMs: 60_000 });
  expect(await known()).toMatchObject({ pinned: true, expiresAt: undefined });
  await engine.loadModel('a', { pinned: false, keepAliveMs: 40 });
  (await engine.acquireModel('c', { keepAliveMs: -1 })).release();
  await expect.poll(() => states(engine)).toEqual({ a: 'unloaded', b: 'ready', c: 'ready' });
  (await engine.acquireModel('c', { keepAliveMs: 0 })).release();
  await expect.poll(() => states(engine)).toEqual({ a: 'unloaded', b: 'ready', c: 'unloaded' });
});

test('keep_alive_ms counts for a request that says nothing of it by undefined, as over HTTP', async () => {
  const { engine } = stubEngine({ a: 1 }, { keep_alive_ms: 60_000 });
  (await engine.acquireModel('a', { keepAliveMs: undefined, pinned: undefined })).release();
  const [a] = await engine.knownModels();
  expect(a?.expiresAt).toBeGreaterThan(Date.now());
});

test('memory_budget_bytes: idle models make room, pinned and running ones do not', async () => {
  const sizes = { a: 40, b: 40, c: 40, large: 200 };
  const { engine, runner } = stubEngine(sizes, { memory_budget_bytes: 100 });
  await engine.loadModel('a', { pinned: true });
  await use(engine, 'b');
  await use(engine, 'c');
  expect(await states(engine)).toMatchObject({ a: 'ready', b: 'unloaded', c: 'ready' });
  const lease = await engine.acquireModel('c');
  expect(await rejection(engine.loadModel('b'))).toMatchObject({
    code: 'Overloaded',
    details: { type: 'memory_budget', limit: 100, retryAfter: 1 },
  });
  const waiting = use(engine, 'b');
  await setTimeout(20);
  expect(await states(engine)).toMatchObject({ a: 'ready', b: 'loading', c: 'ready' });
  lease.release();
  await waiting;
  expect(await states(engine)).toMatchObject({ a: 'ready', b: 'ready', c: 'unloaded' });
  expect(runner.mostBytes).toBe(80);
  expect(await rejection(engine.acquireModel('large', { timeoutMs: 20 }))).toMatchObject({
    code: 'Timeout',
  });
  await engine.unloadModel('a');
  await use(engine, 'large');
  expect(await states(engine)).toMatchObject({ large: 'ready', b: 'unloaded' });
});

test('a shutdown waits for no call on a model whose place another one is to get', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { engine, runner } = stubEngine({ a: 1, b: 1 }, { max_loaded_models: 1 });
  using _lease = await engine.acquireModel('a');
  const waiting = rejection(engine.acquireModel('b'));
  await vi.advanceTimersByTimeAsync(10_000);
  await engine.shutdown();
  expect(runner.inMemory.size).toBe(0);
  expect(await waiting).toMatchObject({ code: 'ModelNotLoaded' });
});

test('a model that made room comes back with its options and its name', async () => {
  const { engine } = fakeEngine({ model: { max_loaded_models: 1 } });
  await engine.loadModel({
    model: { id: 'my model', path: 'p' },
    parameters: { weights: 'dense' },
  });
  await engine.loadModel('b');
  expect(
    await engine.countTokens({ model: 'my model', messages: [{ role: 'user', content: 'x' }] }),
  ).toBeGreaterThan(0);
  expect((await engine.getModelInfo('my model')).descriptor.path).toBe('/models/p');
});

test('a model loaded at a request goes on loading when the request is given up', async () => {
  const { engine } = fakeEngine({}, { load: { steps: 10, stepMs: 20 } });
  engine.registerModel('m');
  expect(await rejection(engine.acquireModel('m', { timeoutMs: 100 }))).toMatchObject({
    code: 'Timeout',
  });
  const [model] = await engine.knownModels();
  expect(model).toMatchObject({ id: 'm', state: 'loading' });
  await expect.poll(() => states(engine)).toEqual({ m: 'ready' });
});

const MODELS = 20;
const REQUESTS = 1000;
const FIT = 3;

/** Numbers from 0 to 1 that are the same on every run. */
function* pseudoRandom(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

function zipf(): string[] {
  const random = pseudoRandom(7);
  const weights = Array.from({ length: MODELS }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: REQUESTS }, () => {
    let left = random.next().value * total;
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return `m${Math.max(0, index)}`;
  });
}

/** Requests that find their model in memory, with a cache that forgets what was used longest ago. */
function leastRecentlyUsedHits(requests: readonly string[]): number {
  const cache: string[] = [];
  let hits = 0;
  for (const id of requests) {
    const index = cache.indexOf(id);
    if (index >= 0) {
      cache.splice(index, 1);
      hits += 1;
    }
    cache.unshift(id);
    cache.length = Math.min(cache.length, FIT);
  }
  return hits;
}

test.each([1, 6])(
  'a thousand requests for twenty models of which three fit, %i at a time: none fails, as few loads as can be',
  async (atOnce) => {
    const sizes = Object.fromEntries(
      Array.from({ length: MODELS }, (_, n) => [`m${n}`, 30 + (n % 4)]),
    );
    const { engine, runner } = stubEngine(sizes, {
      memory_budget_bytes: 100,
      max_loaded_models: 10,
    });
    const requests = zipf();
    const queue = requests.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const id of queue) await use(engine, id);
      }),
    );
    const best = leastRecentlyUsedHits(requests) / REQUESTS;
    expect((REQUESTS - runner.loads) / REQUESTS).toBeGreaterThanOrEqual(best - 0.05);
    expect(runner.mostBytes).toBeLessThanOrEqual(100);
    expect(runner.mostModels).toBe(FIT);
  },
);
