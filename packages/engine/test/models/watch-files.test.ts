import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../src/index.js';
import { watchFiles } from '../../src/models/watch-files.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { FakeRunner } from '../support/fake-runner.js';

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

test('a model whose files change on disk is announced as invalidated, and goes on serving', async () => {
  const directory = await modelDirectory();
  const engine = createEngine({ runner: new LocalRunner() });
  onTestFinished(() => engine.dispose());
  await engine.loadModel({ model: { id: 'm', path: directory } });
  const recorder = new EngineRecorder(engine);
  await writeFile(join(directory, 'lock.tmp'), 'x');
  await writeFile(join(directory, 'model.safetensors'), 'x');
  await writeFile(join(directory, 'model.safetensors'), 'xx');
  await expect.poll(() => recorder.of('model:invalidated')).toHaveLength(1);
  expect(recorder.of('model:invalidated')[0]).toMatchObject({
    model: 'm',
    reason: 'model.safetensors changed on disk',
  });
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  await engine.unloadModel('m');
  await writeFile(join(directory, 'config.json'), '{ }');
  expect(recorder.names.at(-1)).toBe('runtime:status');
});

test('a directory that cannot be watched is no fault', () => {
  const end = watchFiles('/nowhere/at/all', () => expect.unreachable());
  expect(end).not.toThrow();
});
