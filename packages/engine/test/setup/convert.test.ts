import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { bareName } from '../../src/setup/model/model-reference.js';
import { resolvePythonEnvironment } from '../../src/setup/index.js';

vi.setConfig({ testTimeout: 60_000 });

const pythonTests = new URL('../../../../python-runtime/tests', import.meta.url).pathname;

/** A store of its own that borrows the real Python environment, and a tiny llama as GGUF. */
function scene() {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'mlx-convert-')));
  const { root, python } = resolvePythonEnvironment();
  symlinkSync(dirname(root), join(home, 'python'));
  const gguf = join(home, 'Tiny-Llama.gguf');
  const write = `from pathlib import Path; from setup.gguf.tiny_llama import write_tiny_llama; write_tiny_llama(Path(${JSON.stringify(gguf)}))`;
  execFileSync(python, ['-c', write], { env: { ...process.env, PYTHONPATH: pythonTests } });
  const run = async (...args: string[]) => {
    let stdout = '';
    let stderr = '';
    const code = await runCli(args, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      variables: { ...process.env, MLX_SERVE_HOME: home },
    });
    return { code, stdout, stderr };
  };
  return { home, gguf, run };
}

const configOf = (directory: string): { quantization: { bits: number; mode?: string } } =>
  JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));

const { home, gguf, run } = scene();
afterAll(() => rmSync(home, { recursive: true }));

test('a model is named for its file, of several files without their number', () => {
  expect(bareName('/x/Tiny.Q4_K_M.gguf')).toBe('Tiny.Q4_K_M');
  expect(bareName('Tiny-00002-of-00003.gguf')).toBe('Tiny');
});

test('convert makes a model of a GGUF file and of a directory, quantised as asked', async () => {
  const plain = join(home, 'plain');
  const converted = await run('convert', gguf, '--output', plain, '--json');
  expect(converted).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Converting Tiny-Llama.gguf'),
  });
  expect(JSON.parse(converted.stdout)).toEqual({ source: gguf, directory: plain });

  const floats = join(home, 'floats');
  expect(await run('convert', gguf, '-q', 'mxfp4', '-o', floats)).toMatchObject({
    code: 0,
    stdout: `${floats}\n`,
  });
  expect(configOf(floats).quantization).toMatchObject({ bits: 4, mode: 'mxfp4' });
  expect(readdirSync(home).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('what cannot be converted ends in one line that says why, and leaves nothing', async () => {
  const output = join(home, 'out');
  writeFileSync(join(home, 'other.gguf'), 'not at all');
  mkdirSync(join(home, 'taken'));

  expect(await run('convert', join(home, 'other.gguf'), '-o', output)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('other.gguf is not GGUF'),
  });
  expect(await run('convert', join(home, 'none.gguf'), '-o', output)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`There is no ${join(home, 'none.gguf')}`),
  });
  expect(await run('convert', gguf, '-o', join(home, 'taken'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is there already'),
  });
  expect((await run('convert', gguf, '--quantize', '5')).code).toBe(2);
  expect(existsSync(output)).toBe(false);
});

test('pull keeps a GGUF file as a model, which ls and show tell of', async () => {
  const pulled = await run('pull', gguf);
  const directory = join(home, 'models', 'local--Tiny-Llama');
  expect(pulled).toMatchObject({ code: 0, stdout: `${directory}\n` });
  expect(existsSync(join(directory, '.checksums'))).toBe(true);
  const listed = JSON.parse((await run('ls', '--json')).stdout);
  expect(listed).toMatchObject([
    {
      id: 'local/Tiny-Llama',
      architecture: 'llama',
      bits: 4,
      provenance: { kind: 'gguf', source: gguf },
    },
  ]);
  expect((await run('show', 'local/Tiny-Llama')).stdout).toContain('chat');
});
