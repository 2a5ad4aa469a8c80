import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'vite';
import { createProject } from './empty-project.mjs';

const PAGE = `
import { LoadModelOptionsSchema, zodErrorToEngineError } from '@mlx/schemas';
const failure = LoadModelOptionsSchema.safeParse({ model: '' });
globalThis.seen = {
  parsed: LoadModelOptionsSchema.parse('llama-3-8b'),
  message: failure.success ? '' : zodErrorToEngineError(failure.error).message,
};
`;

/**
 * Bundles @mlx/schemas alone for browsers and runs the bundle where only what
 * every JavaScript engine has is there: no `process`, no `Buffer`, no `require`.
 *
 * @param {string} directory
 * @param {readonly import('./pack-all.mjs').PackedPackage[]} packages
 */
export async function checkBrowserBundle(directory, packages) {
  const schemas = packages.find(({ name }) => name === '@mlx/schemas');
  assert(schemas, '@mlx/schemas was not packed');
  await createProject(directory, [schemas.tarball, 'zod@4']);
  await writeFile(join(directory, 'page.js'), PAGE);
  await build({
    root: directory,
    configFile: false,
    logLevel: 'error',
    build: { lib: { entry: 'page.js', formats: ['iife'], name: 'page', fileName: 'page' } },
  });
  const code = await readFile(join(directory, 'dist', 'page.iife.js'), 'utf8');
  assert.doesNotMatch(code, /\bnode:[a-z]/, 'the bundle imports a module of Node');
  const page = createContext({ URL, TextEncoder });
  runInContext(code, page);
  assert.deepEqual(JSON.parse(JSON.stringify(page.seen)), {
    parsed: { model: 'llama-3-8b' },
    message: "Validation error on field 'model': Cannot be empty",
  });
}
