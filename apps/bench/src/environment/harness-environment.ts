import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PeerEnvironment } from './peer-environment.ts';

const REQUIREMENTS = fileURLToPath(
  new URL('../../python/harness/requirements.txt', import.meta.url),
);
const DESTINATION = join(tmpdir(), 'mlx-bench-harness');

/**
 * The Python of an environment with lm-evaluation-harness and mlx-lm, made once. It
 * downloads some hundred megabytes.
 */
export async function harnessPython({ python, env }: PeerEnvironment): Promise<string> {
  const made = join(DESTINATION, 'bin', 'python');
  if (existsSync(join(DESTINATION, 'complete'))) return made;
  const run = promisify(execFile);
  await rm(DESTINATION, { recursive: true, force: true });
  await run(python, ['-m', 'venv', DESTINATION], { env });
  const install = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--no-deps'];
  await run(made, [...install, '-r', REQUIREMENTS], { env });
  await run(made, ['-c', `open(${JSON.stringify(join(DESTINATION, 'complete'))}, 'w').close()`]);
  return made;
}
