import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../../../node_modules/.mlx/agents/', import.meta.url));

/**
 * The command of an agent that is too large for everybody's lock file: hundreds
 * of megabytes for one platform. Installed once for each version, by npm.
 */
export async function installAgent(
  name: string,
  version: string,
  command: string,
): Promise<string> {
  const folder = join(cache, `${name.replace(/^@/, '').replace('/', '-')}-${version}`);
  const executable = join(folder, 'node_modules', '.bin', command);
  if (existsSync(executable)) return executable;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, 'package.json'), JSON.stringify({ private: true }));
  const quietly = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  await run('npm', ['install', ...quietly, `${name}@${version}`], { cwd: unfinished });
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return executable;
}
