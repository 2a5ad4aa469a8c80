import { CompatibilityReportSchema } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { rejection } from '../support/chunks.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { fakeEngine, loadedEngine } from '../support/fake-engine.js';

const params = { model: 'm', prompt: 'x', maxTokens: 3, draftModel: 'd' };

test('a draft model is loaded beside the only model, listed, used and unloaded', async () => {
  const { engine, runner } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  const handle = await engine.loadDraftModel('d');
  expect(handle).toMatchObject({
    descriptor: { id: 'd', path: '/models/d' },
    state: 'ready',
    draft: true,
    contextLength: 1000,
    metadata: { target: 'm', architecture: 'fake', weights: 'float32' },
  });
  expect(runner.processes).toHaveLength(1);
  expect(await engine.loadDraftModel({ model: 'd' })).toEqual(handle);
  expect(await engine.loadModel({ model: 'd', draft: true })).toEqual(handle);
  expect(await engine.listModels()).toMatchObject([{ draft: false }, { draft: true }]);
  expect(await engine.getModelInfo('d')).toEqual(handle);
  expect(await engine.generate(params)).toBe(
    await engine.generate({ ...params, draftModel: undefined }),
  );

  await engine.unloadDraftModel();

  expect(await engine.listModels()).toHaveLength(1);
  expect(runner.holds.at(-1)?.aborted).toBe(true);
  expect(recorder.of('model:loaded')).toMatchObject([
    { model: 'd', modelPath: '/models/d', parameters: { draftOf: 'm' } },
  ]);
  expect(recorder.of('model:unloaded')).toMatchObject([{ model: 'd' }]);
  expect(await rejection(engine.unloadDraftModel('d'))).toMatchObject({ code: 'ModelNotLoaded' });
});

test('a draft model that is not loaded beside the model is refused by name', async () => {
  const { engine } = await loadedEngine();
  await engine.loadModel('other');
  await engine.loadDraftModel({ model: 'd', parameters: { target: 'other' } });
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'InvalidParams',
    details: { field: 'draftModel' },
    message: expect.stringContaining('Call loadDraftModel first'),
  });
  expect(await rejection(engine.loadDraftModel('e'))).toMatchObject({
    details: { field: 'model' },
    message: expect.stringContaining('Name one of the loaded models'),
  });
});

test('a draft model by default drafts for every request that does not say otherwise', async () => {
  const { engine } = await loadedEngine();
  const accepted = async (draftModel?: string | false) => {
    const { stats } = await engine.chat({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      maxTokens: 3,
      draftModel,
    });
    return stats.draftTokensAccepted;
  };
  await engine.loadDraftModel('d');
  expect(await accepted()).toBe(0);
  await engine.unloadDraftModel();

  const byDefault = { model: 'd', parameters: { byDefault: true } };
  const handle = await engine.loadDraftModel(byDefault);

  expect(await accepted()).toBe(3);
  expect(await accepted('d')).toBe(3);
  expect(await accepted(false)).toBe(0);
  expect(await rejection(accepted('e'))).toMatchObject({ details: { field: 'draftModel' } });
  expect(await engine.loadDraftModel(byDefault)).toEqual(handle);
  expect(await rejection(engine.loadDraftModel('d'))).toMatchObject({ code: 'InvalidParams' });
  await engine.unloadDraftModel();
  expect(await accepted()).toBe(0);
});

test('a second draft model has to wait until the first is unloaded', async () => {
  const { engine } = await loadedEngine();
  const loads = [engine.loadDraftModel('d'), engine.loadDraftModel('d')];
  const other = rejection(engine.loadDraftModel('e'));
  const [first, second] = await Promise.all(loads);
  expect(second).toEqual(first);
  expect(await other).toMatchObject({ message: expect.stringContaining('unloadDraftModel first') });
  await engine.unloadDraftModel('d');
  expect(await engine.loadDraftModel('e')).toMatchObject({ draft: true });
});

test('a draft model goes with its target', async () => {
  const { engine, runner } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  await engine.loadDraftModel('d');
  await engine.unloadModel('m');
  expect(await engine.listModels()).toEqual([]);
  expect(runner.holds.every(({ aborted }) => aborted)).toBe(true);
  expect(recorder.of('model:unloaded').map(({ model }) => model)).toEqual(['d', 'm']);
});

test('a model that does not fit is refused, and the report says why', async () => {
  const { engine, runner } = await loadedEngine();
  expect(await rejection(engine.loadDraftModel('misfit'))).toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining('The vocabularies differ'),
  });
  expect(runner.holds.at(-1)?.aborted).toBe(true);
  const report = await engine.isDraftModelCompatible('m', 'misfit');
  expect(CompatibilityReportSchema.parse(report)).toEqual(report);
  expect(report).toMatchObject({
    compatible: false,
    errors: ['The vocabularies differ'],
    details: { primaryModel: { id: 'm' }, draftModel: { id: 'misfit', architecture: 'fake' } },
  });
  await engine.loadDraftModel('d');
  expect(await engine.isDraftModelCompatible('m', 'd')).toMatchObject({
    compatible: true,
    details: { performanceEstimate: { parameterRatio: 1 } },
  });
  expect(await engine.capabilities('m')).toMatchObject({ draftModels: true });
});

test('a new life of the process is given its draft model again', { timeout: 60_000 }, async () => {
  const patience = { timeout: 20_000 };
  const crash = { when: { tokens: 1 }, action: { type: 'exit', code: 1 } } as const;
  const refuse = {
    when: { request: 'loadDraft', nth: 1 },
    action: { type: 'error', code: -32001, message: 'gone' },
  } as const;
  const { engine } = fakeEngine(
    { python_runtime: { restart_delay_base_ms: 1 } },
    { faults: [crash] },
    { faults: [crash] },
    { faults: [refuse] },
  );
  const recorder = new EngineRecorder(engine);
  await engine.loadModel('m');
  await engine.loadDraftModel({ model: 'd', parameters: { byDefault: true } });
  await engine.generate({ ...params, prompt: 'one' }).catch(() => {});
  await expect.poll(async () => (await engine.getModelInfo('m')).state, patience).toBe('ready');
  await engine.generate({ ...params, prompt: 'two' }).catch(() => {});
  await expect
    .poll(() => recorder.of('error').some(({ error }) => error.message === 'gone'), patience)
    .toBe(true);
  expect(await engine.listModels()).toMatchObject([{ descriptor: { id: 'm' } }]);
  expect(await engine.generate({ model: 'm', prompt: 'three', maxTokens: 3 })).not.toBe('');
});

test.each([
  ['model', ''],
  ['trustRemoteCode', { model: 'd', trustRemoteCode: true }],
  ['parameters.weights', { model: 'd', parameters: { weights: 'int3' } }],
  ['parameters', { model: 'd', parameters: { promptLookup: true } }],
  ['parameters.byDefault', { model: 'd', parameters: { byDefault: 'yes' } }],
  ['draft', { model: 'd', draft: false }],
  ['adapter', { model: 'd', adapter: 'lora' }],
])('loadDraftModel refuses %s', async (field, options) => {
  const { engine } = await loadedEngine();
  expect(await rejection(engine.loadDraftModel(options as string))).toMatchObject({
    code: 'InvalidParams',
    details: { field },
  });
});
