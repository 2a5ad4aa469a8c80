import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRuntimeFiles } from '../../src/setup/runtime-files.js';
import { temporaryFolder } from './support/temporary.js';

/** A package at node_modules/engine or packages/engine of a project; its dist folder. */
function packageIn(project: string, parent: string): string {
  const dist = join(project, parent, 'engine', 'dist');
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(project, parent, 'engine', 'package.json'), '{}');
  return dist;
}

function addRuntime(folder: string): string {
  mkdirSync(join(folder, 'python-runtime', 'src', 'mlx_runtime'), { recursive: true });
  return join(folder, 'python-runtime');
}

test('an installed package carries its runtime; a folder of that name in the project is not ours', () => {
  const project = temporaryFolder();
  const dist = packageIn(project, 'node_modules');
  addRuntime(project);
  const carried = addRuntime(join(project, 'node_modules', 'engine'));
  expect(findRuntimeFiles(dist)).toBe(carried);
});

test("in the repository its one runtime wins over packing's leftover", () => {
  const repository = temporaryFolder();
  writeFileSync(join(repository, 'pnpm-workspace.yaml'), '');
  const dist = packageIn(repository, 'packages');
  addRuntime(join(repository, 'packages', 'engine'));
  const own = addRuntime(repository);
  expect(findRuntimeFiles(dist)).toBe(own);
});

test('a package without its runtime says so', () => {
  const dist = packageIn(temporaryFolder(), 'node_modules');
  expect(() => findRuntimeFiles(dist)).toThrow('install @mlx/engine again');
});
