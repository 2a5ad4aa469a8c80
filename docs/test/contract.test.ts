import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineErrorCodeSchema, RuntimeConfigSchema, engineEvents } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { exists, namedTests, root as rootUrl } from './promises.ts';

/** Dotted names of everything in the configuration that has a value of its own. */
function leaves(value: object, path: readonly string[] = []): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = [...path, key];
    const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isSection ? leaves(inner, here) : [here.join('.')];
  });
}

const root = rootUrl.pathname;
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const testsOf = (...packages: string[]) =>
  packages
    .flatMap((name) => globSync(`packages/${name}/test/**/*.ts`, { cwd: root }))
    .map(read)
    .join('\n');

/** The lines of CONFIGURATION.md: a key and the tests that prove what it changes. */
const promised = read('docs/CONFIGURATION.md')
  .split(/^## /m)
  .flatMap((section) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => {
        const key = `${section.split('\n')[0]}.${/`(.*?)`/.exec(line)?.[1]}`;
        return { key, tests: namedTests(line) };
      }),
  );

describe('every key of the configuration', () => {
  it('has its line', () => {
    expect(promised.map(({ key }) => key)).toEqual(leaves(RuntimeConfigSchema.parse({})));
  });

  it.each(promised)('$key has tests of what it changes', ({ key, tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((named) => !exists(named))).toEqual([]);
    const sources = tests.map(({ file }) => read(file)).join('\n');
    expect(sources).toMatch(new RegExp(String.raw`\b${key.split('.').at(-1)}\b`));
  });
});

it.each(Object.keys(engineEvents))('a test of the engine hears %s', (name) => {
  expect(testsOf('engine')).toContain(`'${name}'`);
});

const errorTests = `${testsOf('bridge', 'engine', 'server')}
${read('packages/schemas/test/errors/wire-error.test.ts')}`;

it.each(EngineErrorCodeSchema.options)('a test meets an error with code %s', (code) => {
  expect(errorTests).toContain(`'${code}'`);
});

it('the subpaths of the schemas are those of the contract, and all are imported alone', () => {
  const { exports: subpaths } = JSON.parse(read('packages/schemas/package.json')) as {
    exports: object;
  };
  expect(Object.keys(subpaths)).toEqual([
    '.',
    './common',
    './config',
    './wire',
    './openai',
    './responses',
    './endpoints',
    './ollama',
    './anthropic',
    './conventions',
    './vision',
    './fleet',
  ]);
  // Each of those in the manifest.
  expect(read('packages/schemas/test/package/browser-safety.test.ts')).toContain(
    "it.each(subpaths)('can be imported by its subpath %s alone'",
  );
});

it.each([
  "Validation error on field 'model': Cannot be empty",
  "Validation error on field 'maxTokens': Number must be less than or equal to 100000",
  'structured.schema and structured.format are both required',
  'Port must be at least 1024 (non-privileged)',
  'Invalid enum value',
])('the message “%s” is tested as it was promised', (message) => {
  const tests = globSync('packages/schemas/test/contract/*.ts', { cwd: root });
  const sources = tests.map(read).join('\n');
  expect(sources.replaceAll("\\'", "'")).toContain(message);
});
