import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cache = fileURLToPath(new URL('../../../../node_modules/.mlx/agents/', import.meta.url));

export interface Agent {
  /** Its package on npm. */
  readonly name: string;
  readonly version: string;
  readonly command: string;
}

/**
 * The path of an agent's command. Agents are hundreds of megabytes for one
 * platform, too large for everybody's lock file: each version is installed by
 * npm once.
 */
export async function installAgent({ name, version, command }: Agent): Promise<string> {
  const folder = join(cache, `${name.replace(/^@/, '').replace('/', '-')}-${version}`);
  const executable = join(folder, 'node_modules', '.bin', command);
  if (existsSync(executable)) return executable;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, 'package.json'), JSON.stringify({ private: true }));
  const quietly = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...quietly, `${name}@${version}`], {
    cwd: unfinished,
  });
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return executable;
}
