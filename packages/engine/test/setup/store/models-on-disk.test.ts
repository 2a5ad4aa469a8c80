import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.js';
import { resolvePythonEnvironment } from '../../../src/setup/index.js';
import { setupContext } from '../../../src/setup/context.js';
import { withFileLock } from '../../../src/setup/process/file-lock.js';
import { holdModel } from '../../../src/setup/store/use-model.js';
import { storedModel } from '../../../src/setup/model/model-store.js';
import { keepModel } from '../support/kept.js';
import { temporaryFolder } from '../support/temporary.js';

vi.setConfig({ testTimeout: 60_000 });

/** A store of its own that borrows the real Python environment. */
function scene() {
  const home = temporaryFolder();
  symlinkSync(dirname(resolvePythonEnvironment().root), join(home, 'python'));
  const variables = { ...process.env, MLX_SERVE_HOME: home };
  const models = join(home, 'models');
  const run = async (...args: string[]) => {
    let stdout = '';
    let stderr = '';
    const code = await runCli(args, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      variables,
    });
    return { code, stdout, stderr };
  };
  return { home, variables, models, run };
}

test('rm removes a model that nobody uses, and what an interrupted download left', async () => {
  const { models, variables, run } = scene();
  const directory = keepModel(models, 'a--model');
  const context = setupContext({ variables });
  const held = new AbortController();
  const { python } = resolvePythonEnvironment(context);
  await holdModel(storedModel('a/model', undefined, context), held.signal, python, context);
  const refused = await run('rm', 'a/model');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('a/model is in use') });
  held.abort();
  expect(await run('rm', 'a/model')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Removed a\/model/),
  });
  expect(existsSync(directory)).toBe(false);
  mkdirSync(join(models, '.partial-a--half'));
  await withFileLock(join(models, '.lock-a--half'), python, context, async () => {
    const fetched = await run('rm', 'a/half');
    expect(fetched.stderr).toContain('a/half is being fetched');
  });
  expect((await run('rm', 'a/half', '--json')).code).toBe(0);
  expect(readdirSync(models)).toEqual([]);
  expect(await run('rm', 'a/none')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not here'),
  });
  expect((await run('rm', '../../etc/x')).code).toBe(1);
});

test.each([
  [
    ['show', 'owl-4bit'],
    /^mlx-engine: 'owl-4bit' is neither .+\. Did you mean acme\/Owl-4bit\?\n$/,
  ],
  [['pull', 'owl'], /^mlx-engine: 'owl' is neither .+\. Did you mean acme\/Owl-4bit\?\n$/],
  [['cp', 'owl-4bit', 'a/b'], /Did you mean acme\/Owl-4bit\?\n$/],
  [['show', 'acme/Owl-4bits'], /is not here\. Did you mean acme\/Owl-4bit\? Fetch it/],
  [['rm', 'acme/owl-4bit'], /is not here\. Did you mean acme\/Owl-4bit\? `mlx-serve ls` lists/],
])('%j is told which model that is here may be meant', async (args, told) => {
  const { models, run } = scene();
  keepModel(models, 'acme--Owl-4bit');
  expect(await run(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(told) });
});

test('ls tells when a model came and was used in whole milliseconds', async () => {
  const { models, run } = scene();
  const finer = 1_700_000_000.123_456;
  utimesSync(keepModel(models, 'a--model', { used: 30_000 }), finer, finer);
  const time = 1_700_000_000_123;
  const { stdout } = await run('ls', '--json');
  expect(JSON.parse(stdout)).toMatchObject([{ fetchedAt: time, lastUsedAt: time }]);
});

test('cp keeps a model under a further name, and a directory under one of its own', async () => {
  const { home, models, run } = scene();
  const original = keepModel(models, 'a--model');
  expect((await run('cp', 'a/model', 'my/copy')).code).toBe(0);
  const copy = join(models, 'my--copy', 'model.safetensors');
  expect(statSync(copy).ino).toBe(statSync(join(original, 'model.safetensors')).ino);
  const elsewhere = keepModel(home, 'elsewhere');
  expect((await run('pull', elsewhere, '--as', 'my/other')).code).toBe(0);
  expect(existsSync(join(models, 'my--other', '.checksums'))).toBe(true);
  const { stdout } = await run('ls', '--json');
  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'a/model' },
    { id: 'my/copy', provenance: { kind: 'model', source: 'a/model' } },
    { id: 'my/other', provenance: { kind: 'directory', source: elsewhere } },
  ]);
  expect(await run('cp', 'a/model', 'my/copy')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is here already'),
  });
  expect((await run('cp', 'a/model', 'plain')).stderr).toContain('write owner/name');
  expect((await run('cp', 'a/none', 'my/none')).stderr).toContain('mlx-serve pull a/none');
});

test('prune keeps what was used last, and clears what downloads left', async () => {
  const { models, run } = scene();
  keepModel(models, 'a--old', { fetched: 40, bytes: 1000 });
  keepModel(models, 'a--new', { fetched: 1, bytes: 1000 });
  keepModel(models, 'a--newest', { fetched: 0, bytes: 1000 });
  mkdirSync(join(models, '.partial-a--half'));
  writeFileSync(join(models, '.partial-a--half', 'model.safetensors'), 'x');
  for (const name of ['.lock-a--typo', '.uses-a--typo', '.lock-a--new']) {
    writeFileSync(join(models, name), '');
  }
  const { stdout } = await run('prune', '--max-age', '30', '--json');
  expect(JSON.parse(stdout)).toEqual(['a/old', 'a/half (partial)']);
  expect(readdirSync(models).toSorted()).toEqual(
    ['.lock-a--new', '.uses-a--new', '.uses-a--newest', 'a--new', 'a--newest'].toSorted(),
  );
  expect((await run('prune', '--max-size', '1.5kB')).stdout).toBe('Removed a/new\n');
  expect(readdirSync(models).toSorted()).toEqual(['.uses-a--newest', 'a--newest']);
  expect((await run('prune', '--max-size', '1GB')).stdout).toBe('Nothing to remove\n');
  expect((await run('prune', '--max-size', 'much')).code).toBe(2);
});
