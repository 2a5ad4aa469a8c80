import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedBlocks, promisedOutput, scatteredBlocks } from './support/documentation.ts';
import { runPythonCode } from './support/python.ts';
import { serverURL, untilIdle } from './support/server.ts';

const directory = new URL('.documented/', import.meta.url);
const blocks = documentedBlocks(serverURL);
const examples = [...blocks, ...scatteredBlocks(serverURL)]
  .filter(({ language }) => language === 'ts' || language === 'js')
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

describe('the code of the documents prints what it says', () => {
  it.for(examples)('$heading: $file', async (example) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(values.map(String).join(' '));
    });
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    await import(example.file);
    vi.restoreAllMocks();
    const promised = promisedOutput(example);
    // What a model says word by word is another matter.
    if (promised === undefined) expect(printed.join('')).toMatch(/Paris/);
    else expect(printed).toEqual([promised]);
  });

  it.for(scripts)('$heading', async (script) => {
    expect(await runPythonCode(script.code)).toBe(promisedOutput(script));
  });

  it('and leaves nothing running', untilIdle);
});
