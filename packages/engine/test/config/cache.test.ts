import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/index.js';
import { setupContext } from '../../src/setup/context.js';
import { resolvePythonEnvironment } from '../../src/setup/index.js';
import { sealModel } from '../../src/setup/store/checksums.js';
import { keepModel } from '../setup/support/kept.js';
import { temporaryFolder } from '../setup/support/temporary.js';
import { rejection } from '../support/chunks.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { fakeEngine } from '../support/fake-engine.js';

const kept = (folder: string) => readdirSync(folder).filter((name) => !name.startsWith('.'));

test('cache.max_size_bytes and cache.max_age_days hold when an engine starts', async () => {
  const cache_dir = temporaryFolder();
  keepModel(cache_dir, 'a--old', { fetched: 40 });
  keepModel(cache_dir, 'a--large', { bytes: 3000, fetched: 2 });
  keepModel(cache_dir, 'a--small', { fetched: 1 });
  await using engine = createEngine({
    config: { cache: { cache_dir, max_age_days: 30, max_size_bytes: 2000 } },
  });
  await expect.poll(() => kept(cache_dir), { timeout: 20_000 }).toEqual(['a--small']);
  await engine.shutdown();
});

test('cache.validate_on_startup tells which kept models are broken', async () => {
  const cache_dir = temporaryFolder();
  const { python } = resolvePythonEnvironment();
  keepModel(cache_dir, 'a--whole');
  const changed = keepModel(cache_dir, 'a--changed');
  await sealModel(changed, python, setupContext());
  writeFileSync(join(changed, 'tokenizer.json'), '{"changed": true}');
  const incomplete = keepModel(cache_dir, 'a--incomplete');
  writeFileSync(join(incomplete, 'config.json'), 'not json');
  await using engine = createEngine({
    config: { cache: { cache_dir, validate_on_startup: true } },
  });
  const recorder = new EngineRecorder(engine);
  await expect.poll(() => recorder.of('error').length, { timeout: 20_000 }).toBe(2);
  expect(
    recorder.of('error').map(({ error, context }) => [error.code, context?.['model']]),
  ).toEqual([
    ['ModelLoadError', 'a/changed'],
    ['ModelLoadError', 'a/incomplete'],
  ]);
});

test('cache.validate_on_startup: false looks at nothing', async () => {
  const cache_dir = temporaryFolder();
  writeFileSync(join(keepModel(cache_dir, 'a--broken'), 'config.json'), 'not json');
  const engine = createEngine({ config: { cache: { cache_dir } } });
  const recorder = new EngineRecorder(engine);
  await engine.shutdown();
  expect(recorder.of('error')).toEqual([]);
});

test('cache.enabled: false refuses a model that would be fetched', async () => {
  await using engine = createEngine({ config: { cache: { enabled: false } } });
  expect(await rejection(engine.loadModel('a/model'))).toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining('cache.enabled'),
  });
});

test('the files of a model are held from its load to its end', async () => {
  const { engine, runner } = fakeEngine();
  await engine.loadModel('m');
  const [hold] = runner.holds;
  expect(hold?.aborted).toBe(false);
  await engine.unloadModel('m');
  expect(hold?.aborted).toBe(true);
});

test('the files of a model that does not load are let go', async () => {
  const { engine, runner } = fakeEngine({}, { exitAtStart: 3 });
  await rejection(engine.loadModel('m'));
  expect(runner.holds.map(({ aborted }) => aborted)).toEqual([true]);
});
