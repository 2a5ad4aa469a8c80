import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../src/index.js';
import { watchFiles } from '../../src/models/watch-files.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { FakeRunner } from '../support/fake-runner.js';

/** Processes are started meanwhile, on machines that may have other things to do. */
const soon = { timeout: 15_000 };

async function modelDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'model-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'config.json'), '{}');
  return directory;
}

class LocalRunner extends FakeRunner {
  override async locateModel(model: string): Promise<string> {
    return model;
  }
}

test('a model whose files change on disk is loaded anew beside the one that serves', async () => {
  const directory = await modelDirectory();
  const runner = new LocalRunner();
  const engine = createEngine({ runner });
  onTestFinished(() => engine.dispose());
  await engine.loadModel({ model: { id: 'm', path: directory } });
  const recorder = new EngineRecorder(engine);
  const running = engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 10_000 });
  await running.next();
  await writeFile(join(directory, 'lock.tmp'), 'x');
  await writeFile(join(directory, 'model.safetensors'), 'x');
  await writeFile(join(directory, 'model.safetensors'), 'xx');
  await expect.poll(() => recorder.of('model:invalidated'), soon).toHaveLength(1);
  expect(recorder.of('model:invalidated')[0]).toMatchObject({
    model: 'm',
    reason: 'model.safetensors changed on disk',
  });
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  await expect
    .poll(() => runner.processes.map(({ state }) => state), soon)
    .toEqual(['ready', 'ready']);
  expect((await running.next()).value).toMatchObject({ type: 'token' });
  await running.return();
  await expect
    .poll(() => runner.processes.map(({ state }) => state), soon)
    .toEqual(['stopped', 'ready']);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  await engine.unloadModel('m');
  await writeFile(join(directory, 'config.json'), '{ }');
  expect(recorder.of('error')).toMatchObject([{ error: { code: 'Cancelled' } }]);
});

test('a shutdown waits for no call on a model that was replaced, and leaves no process', async () => {
  const directory = await modelDirectory();
  const runner = new LocalRunner();
  const engine = createEngine({ runner });
  await engine.loadModel({ model: { id: 'm', path: directory } });
  using _lease = await engine.acquireModel('m');
  await writeFile(join(directory, 'config.json'), '{ }');
  const states = () => runner.processes.map(({ state }) => state);
  await expect.poll(states, soon).toEqual(['ready', 'ready']);
  await engine.shutdown();
  expect(states()).toEqual(['stopped', 'stopped']);
});

test('files that cannot be loaded leave the model as it is, until they change again', async () => {
  const directory = await modelDirectory();
  const runner = new LocalRunner({}, [{}, { exitAtStart: 3 }, {}]);
  const engine = createEngine({ runner });
  onTestFinished(() => engine.dispose());
  await engine.loadModel({ model: { id: 'm', path: directory } });
  const recorder = new EngineRecorder(engine);
  await writeFile(join(directory, 'config.json'), '{ }');
  await expect.poll(() => recorder.of('error'), soon).toHaveLength(1);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  await writeFile(join(directory, 'config.json'), '{  }');
  await expect
    .poll(() => runner.processes.map(({ state }) => state), soon)
    .toEqual(['stopped', 'stopped', 'ready']);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
});

test('a directory that cannot be watched is no fault', () => {
  const end = watchFiles('/nowhere/at/all', () => expect.unreachable());
  expect(end).not.toThrow();
});
