import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Engine from '@mlx/engine';
import { resolvePythonEnvironment } from '@mlx/engine/setup';
import { examples, promisedOutput, type Example } from './examples.ts';

const { lender } = await vi.hoisted(async () => {
  const { EngineLender } = await import('./lend-engine.ts');
  return { lender: new EngineLender() };
});

vi.mock('@mlx/engine', async (original) => {
  const engine = await original<typeof Engine>();
  const createEngine = (options?: Engine.EngineOptions) =>
    lender.create(engine.createEngine, options);
  return { ...engine, createEngine };
});

const directory = new URL('.examples/', import.meta.url);
const written = examples().map((example, index) => ({
  ...example,
  file: new URL(`example-${index}.ts`, directory).pathname,
}));

/** Examples that load a model need the Python environment. */
const needsRuntime = ({ code }: Example) => /\b(?:loadModel|ask)\(/.test(code);
/** What watches an engine start, or loads more than the default model, needs one of its own. */
const needsOwnEngine = ({ code }: Example) =>
  /loadModel\(\{|loadDraftModel\(|unloadModel\(|\.on\(/.test(code);
const hasRuntime = await Promise.try(() => resolvePythonEnvironment()).then(
  () => true,
  () => false,
);

beforeAll(() => {
  mkdirSync(directory, { recursive: true });
  for (const { file, name, code } of written) {
    writeFileSync(file, `// ${name}\n${code}export {};\n`);
  }
  writeFileSync(
    new URL('tsconfig.json', directory),
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: { types: ['node'], lib: ['esnext', 'dom'], target: 'esnext' },
      include: ['*.ts'],
    }),
  );
});

afterAll(async () => {
  await lender.end();
  rmSync(directory, { recursive: true, force: true });
});

it('every example is correct TypeScript', { timeout: 60_000 }, () => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', directory.pathname], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});

describe('every example runs and prints what it says', () => {
  it.for(written)('$name', { timeout: 180_000 }, async (example, { skip }) => {
    skip(needsRuntime(example) && !hasRuntime, 'the Python environment is not set up');
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(values.map(String).join(' '));
    });
    lender.lends = !needsOwnEngine(example);
    await import(example.file);
    log.mockRestore();
    const promised = promisedOutput(example.code);
    if (promised.length > 0) expect(printed).toEqual(promised);
  });
});
