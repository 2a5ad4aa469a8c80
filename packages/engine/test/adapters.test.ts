import type { FakeAction, FakeScript } from '@mlx/bridge/testing';
import { expect, test } from 'vitest';
import { rejection } from './support/chunks.js';
import { EngineRecorder } from './support/engine-recorder.js';
import { fakeEngine, loadedEngine } from './support/fake-engine.js';

const die: FakeAction = { type: 'signal', signal: 'SIGKILL' };
const fast = { python_runtime: { restart_delay_base_ms: 1 } };
const diesOnSecondRequest: FakeScript = {
  faults: [{ when: { request: 'generate', nth: 2 }, action: die }],
};
const params = { model: 'm', prompt: 'x', maxTokens: 3 };

test('an adapter is loaded beside the model, listed, named by requests and unloaded', async () => {
  const { engine, runner } = await loadedEngine();
  const recorder = new EngineRecorder(engine);

  const adapter = await engine.loadAdapter({ name: 'sql', path: '/adapters/sql' });

  expect(adapter).toMatchObject({ name: 'sql', model: 'm', rank: 8, memoryBytes: 1024 });
  expect(await engine.loadAdapter({ name: 'sql', path: '/adapters/sql' })).toEqual(adapter);
  expect(await engine.listAdapters()).toEqual([adapter]);
  expect(await engine.knownModels()).toMatchObject([{ id: 'm', adapters: ['sql'] }]);
  expect(await engine.generate({ ...params, adapter: 'sql' })).not.toBe('');
  expect(await engine.generate({ ...params, model: 'm:sql' })).not.toBe('');
  expect(await engine.tokenize({ model: 'm:sql', text: 'x' })).toMatchObject({ tokens: [120] });
  expect(await engine.capabilities('m:sql')).toEqual(await engine.capabilities('m'));
  expect(runner.processes).toHaveLength(1);

  await engine.unloadAdapter('sql');

  expect(await engine.listAdapters('m')).toEqual([]);
  expect(runner.holds.at(-1)?.aborted).toBe(true);
  expect(recorder.of('model:loaded')).toMatchObject([{ model: 'm:sql' }]);
  expect(recorder.of('model:unloaded')).toMatchObject([{ model: 'm:sql' }]);
});

test('an adapter that is not there is refused by name', async () => {
  const { engine } = await loadedEngine();
  await engine.loadAdapter({ name: 'sql', path: '/adapters/sql' });
  expect(await rejection(engine.generate({ ...params, adapter: 'chat' }))).toMatchObject({
    code: 'InvalidParams',
    details: { field: 'adapter' },
    message: expect.stringContaining('(loaded: sql). Load it first'),
  });
  expect(await rejection(engine.generate({ ...params, model: 'm:chat' }))).toMatchObject({
    code: 'ModelNotLoaded',
  });
  const other = { name: 'sql', path: '/adapters/other' };
  expect(await rejection(engine.loadAdapter(other))).toMatchObject({
    message: expect.stringContaining('unloadAdapter first'),
  });
  expect(await rejection(engine.unloadAdapter('chat'))).toMatchObject({
    message: expect.stringContaining("no adapter 'chat'. Loaded: sql"),
  });
  expect(await rejection(engine.loadAdapter({ name: 'a:b', path: '/x' }))).toMatchObject({
    details: { field: 'name' },
  });
});

test('vectors, scores and orders are refused to adapters by name', async () => {
  const { engine } = await loadedEngine();
  await engine.loadAdapter({ name: 'sql', path: '/adapters/sql' });
  const refused = {
    code: 'InvalidParams',
    message: expect.stringContaining("Adapters make text, and 'm:sql' is asked"),
  };
  const model = 'm:sql';
  const [input, documents] = [['x'], ['x']];
  expect(await rejection(engine.embed({ model, input }))).toMatchObject(refused);
  expect(await rejection(engine.score({ model, input }))).toMatchObject(refused);
  expect(await rejection(engine.rerank({ model, query: 'x', documents }))).toMatchObject(refused);
});

test('adapters come with the model, again after a crash, and when it comes back', async () => {
  const { engine } = fakeEngine(fast, diesOnSecondRequest, {}, {});
  engine.registerModel({ model: 'm', adapters: { sql: '/adapters/sql' } });
  expect(await engine.knownModels()).toMatchObject([{ state: 'unloaded', adapters: ['sql'] }]);
  expect(await engine.generate({ ...params, model: 'm:sql' })).not.toBe('');
  await engine.loadAdapter({ name: 'chat', path: '/adapters/chat' });

  expect(await engine.generate({ ...params, model: 'm:chat' })).not.toBe('');

  expect(await engine.getRuntimeInfo()).toMatchObject({ models: [{ restarts: 1 }] });
  expect((await engine.listAdapters()).map(({ name }) => name)).toEqual(['sql', 'chat']);
  expect(await rejection(engine.loadModel({ model: 'm', adapters: {} }))).toMatchObject({
    details: { field: 'adapters' },
  });
  await engine.unloadModel('m');
  expect(await engine.generate({ ...params, model: 'm:sql' })).not.toBe('');
});

test('what is loaded beside a model counts as memory of the model', async () => {
  const { engine } = await loadedEngine();
  const bytes = async () => (await engine.knownModels())[0]?.memoryBytes ?? 0;
  const before = await bytes();
  await engine.loadAdapter({ name: 'sql', path: '/adapters/sql' });
  expect((await bytes()) - before).toBe(1024);
  await engine.loadDraftModel('d');
  expect(await bytes()).toBeGreaterThan(before + 1024);
  await engine.unloadDraftModel();
  await engine.unloadAdapter('sql');
  expect(await bytes()).toBe(before);
});
