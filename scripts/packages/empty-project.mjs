import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * An empty project with nothing but these packages in it, installed by npm as
 * a user would.
 *
 * @param {string} directory
 * @param {readonly string[]} specifiers Tarballs, or names with versions.
 */
export async function createProject(directory, specifiers) {
  await mkdir(directory, { recursive: true });
  const manifest = { name: 'empty-project', private: true, type: 'module' };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['install', ...flags, ...specifiers], { cwd: directory });
}
