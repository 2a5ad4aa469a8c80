import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine, type LoadProgress } from '../../src/index.js';
import { rejection } from '../support/chunks.js';
import { fakeEngine } from '../support/fake-engine.js';
import { FakeRunner } from '../support/fake-runner.js';

test('a model is loaded once however many ask for it', async () => {
  const { engine, runner } = fakeEngine();
  const [first, second] = await Promise.all([engine.loadModel('m'), engine.loadModel('m')]);
  expect(second).toEqual(first);
  expect(await engine.loadModel({ model: 'm' })).toEqual(first);
  expect(runner.processes).toHaveLength(1);
  expect(first).toMatchObject({
    descriptor: { id: 'm', path: '/models/m' },
    state: 'ready',
    contextLength: 1_000_000,
    draft: false,
    metadata: { architecture: 'fake', weights: 'float32' },
  });
});

test('a model that is loaded by its path has the name of its directory, and answers to both', async () => {
  const { engine, runner } = fakeEngine();
  const { descriptor } = await engine.loadModel('/shelf/one');
  expect(descriptor.id).toBe('one');
  expect((await engine.loadModel('/shelf/../shelf/one')).descriptor.id).toBe('one');
  const snapshot = '/hub/models--acme--two/snapshots/0a1b2c';
  expect((await engine.loadModel(snapshot)).descriptor.id).toBe('acme/two');
  const other = await engine.loadModel('/other/one');
  expect(other.descriptor.id).toBe('/other/one');
  expect((await engine.loadModel('/other/one')).descriptor).toEqual(other.descriptor);
  expect(runner.processes).toHaveLength(3);
  const ask = { prompt: 'one two', maxTokens: 2 };
  const answers = [];
  for (const model of ['one', '/shelf/one', '/other/one', 'acme/two', snapshot]) {
    answers.push(await engine.generate({ model, ...ask }));
  }
  expect(new Set(answers).size).toBe(1);
  expect((await engine.getModelInfo('/shelf/one')).descriptor.id).toBe('one');
  await engine.unloadModel('/shelf/one');
  expect((await engine.listModels()).map((model) => model.descriptor.id)).toEqual([
    'acme/two',
    '/other/one',
  ]);
});

test('whoever looks at a model’s statistics is no request of it', async () => {
  const { engine } = fakeEngine();
  await engine.loadModel('m');
  const stats = engine.getBatchStats('m');
  const answer = engine.generate({ model: 'm', prompt: 'one two', maxTokens: 2 });
  expect(await engine.knownModels()).toMatchObject([{ activeRequests: 1 }]);
  await Promise.all([stats, answer]);
  expect(await engine.knownModels()).toMatchObject([{ activeRequests: 0 }]);
});

test('progress of fetching and loading is told, and that a model is tried out then', async () => {
  const { engine } = fakeEngine({}, { load: { steps: 3 } });
  const seen: LoadProgress[] = [];
  await engine.loadModel('m', { onProgress: (progress) => seen.push(progress) });
  expect(seen.map(({ phase, done, total }) => [phase, done, total])).toEqual([
    ['fetch', 1, 1],
    ['load', 1, 3],
    ['load', 2, 3],
    ['load', 3, 3],
    ['load', 0, 0],
  ]);
});

test('a model being loaded is listed with the default context length', async () => {
  const { engine } = fakeEngine(
    { model: { default_context_length: 512 } },
    { load: { steps: 2, stepMs: 30 } },
  );
  const loading = engine.loadModel('m');
  expect(await engine.listModels()).toMatchObject([{ state: 'loading', contextLength: 512 }]);
  await loading;
  expect(await engine.getModelInfo('m')).toMatchObject({ state: 'ready' });
});

test('a load goes on while one of its callers wants it, and ends when none does', async () => {
  const { engine, runner } = fakeEngine({}, { load: { steps: 10, stepMs: 20 } });
  const controllers = [new AbortController(), new AbortController()];
  const started = new Promise<LoadProgress>((onProgress) => {
    void engine.loadModel('m', { onProgress, signal: controllers[1]?.signal }).catch(() => {});
  });
  const loads = controllers.map(({ signal }) => rejection(engine.loadModel('m', { signal })));
  await started;
  controllers[0]?.abort();
  expect(await loads[0]).toMatchObject({ code: 'Cancelled', name: 'AbortError' });
  expect(await engine.listModels()).toHaveLength(1);
  controllers[1]?.abort();
  expect(await loads[1]).toMatchObject({ code: 'Cancelled' });
  await expect.poll(() => engine.listModels()).toEqual([]);
  expect(runner.processes.every(({ state }) => state === 'stopped')).toBe(true);
  expect(await engine.loadModel('m')).toMatchObject({ state: 'ready' });
});

test('unloading ends a load that is under way', async () => {
  const { engine, runner } = fakeEngine({}, { load: { steps: 100, stepMs: 20 } });
  const load = rejection(engine.loadModel('m'));
  await engine.unloadModel('m');
  expect(await load).toMatchObject({ code: 'ModelNotLoaded' });
  expect(runner.processes.every(({ state }) => state === 'stopped')).toBe(true);
});

test('a time limit ends a load', async () => {
  const { engine } = fakeEngine({}, { load: { steps: 100, stepMs: 20 } });
  expect(await rejection(engine.loadModel('m', { timeoutMs: 100 }))).toMatchObject({
    code: 'Timeout',
  });
});

test.each([
  ['model', ''],
  ['model', { model: '' }],
  ['quantization', { model: 'm', quantization: 'int16' }],
  ['trustRemoteCode', { model: 'm', trustRemoteCode: true }],
  ['parameters.weights', { model: 'm', parameters: { weights: 'int3' } }],
  ['parameters', { model: 'm', parameters: { turbo: true } }],
  ['parameters.promptStore.directory', { model: 'm', parameters: { promptStore: {} } }],
  ['quantization', { model: 'm', quantization: 'none', parameters: { weights: 'stored' } }],
  ['adapter', { model: 'm', adapter: 'lora' }],
])('loadModel refuses %s', async (field, options) => {
  const { engine, runner } = fakeEngine();
  expect(await rejection(engine.loadModel(options as string))).toMatchObject({
    code: 'InvalidParams',
    details: { field },
  });
  expect(runner.processes).toHaveLength(0);
});

test('unloading a model that is not loaded says so', async () => {
  const { engine } = fakeEngine();
  expect(await rejection(engine.unloadModel('m'))).toMatchObject({ code: 'ModelNotLoaded' });
});

test('one id cannot stand for two paths', async () => {
  const { engine } = fakeEngine();
  await engine.loadModel({ model: { id: 'm', path: 'a' } });
  expect(await rejection(engine.loadModel({ model: { id: 'm', path: 'b' } }))).toMatchObject({
    details: { field: 'model' },
  });
});

async function modelDirectory(config: object): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'model-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
  return directory;
}

/** Takes the model's name for its directory, as a local model's path is. */
class LocalRunner extends FakeRunner {
  override async locateModel(model: string): Promise<string> {
    return model;
  }
}

function localEngine(config: object = {}) {
  const engine = createEngine({ config, runner: new LocalRunner() });
  onTestFinished(() => engine.dispose());
  return engine;
}

test('a quantisation is honoured where the weights are stored so, else refused', async () => {
  const engine = localEngine();
  const fourBit = await modelDirectory({ quantization: { bits: 4, group_size: 64 } });
  const dense = await modelDirectory({});
  await engine.loadModel({ model: fourBit, quantization: 'int4' });
  await engine.loadModel({ model: dense, quantization: 'none' });
  expect(await rejection(engine.loadModel({ model: dense, quantization: 'int8' }))).toMatchObject({
    details: { field: 'quantization' },
    message: expect.stringContaining('another value; unload it first'),
  });
  await engine.unloadModel(dense);
  expect(await rejection(engine.loadModel({ model: dense, quantization: 'int8' }))).toMatchObject({
    details: { field: 'quantization' },
    message: expect.stringContaining('not quantised'),
  });
});

test('model.default_quantization is what a load that names none asks for', async () => {
  const engine = localEngine({ model: { default_quantization: 'int4' } });
  const fourBit = await modelDirectory({ quantization: { bits: 4, group_size: 64 } });
  await engine.loadModel(fourBit);
  expect(await rejection(engine.loadModel(await modelDirectory({})))).toMatchObject({
    details: { field: 'quantization' },
    message: expect.stringContaining('not quantised'),
  });
  await engine.loadModel({ model: await modelDirectory({}), quantization: 'none' });
});

test('local models outside the trusted directories are refused, links resolved', async () => {
  const trusted = await modelDirectory({});
  const outside = await modelDirectory({});
  const inside = join(trusted, 'inside');
  await mkdir(inside);
  await symlink(outside, join(trusted, 'link'));
  const engine = localEngine({ model: { trusted_model_directories: [trusted, '/nowhere'] } });
  await engine.loadModel(inside);
  for (const path of [outside, join(trusted, 'link'), join(trusted, '..')]) {
    expect(await rejection(engine.loadModel(path))).toMatchObject({ details: { field: 'model' } });
  }
});

test('a local model has no revisions', async () => {
  const path = await modelDirectory({});
  expect(await rejection(localEngine().loadModel({ model: path, revision: 'main' }))).toMatchObject(
    { details: { field: 'revision' } },
  );
});
