import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeSidecar } from '@mlx/bridge/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEngine, type RuntimeLog } from '../../src/index.js';
import { rejection } from '../support/chunks.js';

/** A folder with a model, and a Python that tells how it was started and then plays a good sidecar. */
async function machine() {
  const folder = await mkdtemp(join(tmpdir(), 'machine-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const file of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    await writeFile(join(folder, file), '{}');
  }
  const python = join(folder, 'python');
  const { command, args } = fakeSidecar({});
  const quoted = [command, ...args].map((word) => `'${word}'`).join(' ');
  await writeFile(python, `#!/bin/sh\necho "$* $PYTHONPATH $MLX_LOG_LEVEL" >&2\nexec ${quoted}\n`);
  await chmod(python, 0o755);
  return { folder, python };
}

test('python_path is the interpreter, runtime_path is where it finds the runtime', async () => {
  const { folder, python } = await machine();
  const logs: RuntimeLog[] = [];
  await using engine = createEngine({
    config: {
      python_runtime: { python_path: python, runtime_path: '/some/where' },
      logging: { level: 'fatal' },
    },
    onLog: (log) => logs.push(log),
  });
  const phases: string[] = [];
  await engine.loadModel(folder, { onProgress: ({ phase }) => phases.push(phase) });
  expect(await engine.generate({ model: folder, prompt: 'x', maxTokens: 1 })).not.toBe('');
  expect(logs[0]?.message).toBe(`-m mlx_runtime --expect ${folder} /some/where error`);
  expect(phases).toContain('load');
});

test('without runtime_path it is the runtime that comes with the engine', async () => {
  const { folder, python } = await machine();
  const logs: RuntimeLog[] = [];
  await using engine = createEngine({
    config: { python_runtime: { python_path: python } },
    onLog: (log) => logs.push(log),
  });
  await engine.loadModel(folder);
  expect(logs[0]?.message).toMatch(/^-m mlx_runtime --expect \/\S+ \/.*python-runtime\/src info$/);
});

test('an interpreter that is not there is one error that says so', async () => {
  const { folder } = await machine();
  await using engine = createEngine({ config: { python_runtime: { python_path: '/no/python' } } });
  expect(await rejection(engine.loadModel(folder))).toMatchObject({
    code: 'RuntimeError',
    retryable: false,
    message: expect.stringContaining('/no/python'),
  });
});

test('an environment that is not set up is one error that says what to run', async () => {
  const { folder } = await machine();
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('MLX_SERVE_HOME', join(folder, 'empty'));
  // A set-up that began all the same would end here at once, and without the network.
  vi.stubEnv('MLX_PYTHON', '/nowhere/python3');
  await using engine = createEngine({ setup: 'never' });
  expect(await rejection(engine.loadModel(folder))).toMatchObject({
    code: 'RuntimeError',
    retryable: false,
    message: expect.stringContaining('Run `npx mlx-engine setup`'),
  });
});
