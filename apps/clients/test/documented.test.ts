import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedBlocks, promisedOutput } from './support/documentation.ts';
import { runPythonCode } from './support/python.ts';
import { serverURL, untilIdle } from './support/server.ts';

const directory = new URL('.documented/', import.meta.url);
const blocks = documentedBlocks(serverURL);
const examples = blocks
  .filter(({ language }) => language === 'ts')
  .map((block, index) => ({ ...block, file: new URL(`example-${index}.ts`, directory).pathname }));
const scripts = blocks.filter(({ language }) => language === 'python');

beforeAll(() => {
  mkdirSync(directory, { recursive: true });
  for (const { file, code } of examples) writeFileSync(file, `${code}export {};\n`);
  const tsconfig = { extends: '../../tsconfig.json', include: ['*.ts'] };
  writeFileSync(new URL('tsconfig.json', directory), JSON.stringify(tsconfig));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

it('every example is correct TypeScript', async () => {
  const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', directory));
  const compiled = promisify(execFile)(compiler, ['-p', directory.pathname]);
  await expect(compiled).resolves.toMatchObject({ stdout: '' });
});

describe('the code of docs/CLIENTS.md prints what it says', () => {
  it.for(examples)('$heading: $file', async (example) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(values.map(String).join(' '));
    });
    await import(example.file);
    log.mockRestore();
    expect(printed).toEqual([promisedOutput(example)]);
  });

  it.for(scripts)('$heading', async (script) => {
    expect(await runPythonCode(script.code)).toBe(promisedOutput(script));
  });

  it('and leaves nothing running', untilIdle);
});
