import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../backend.js';
import type { SetupContext } from '../context.js';
import { setupError } from '../errors.js';

/** What an environment must contain. */
export interface EnvironmentSpec {
  readonly backend: Backend;
  /** Hash-pinned files: everything but mlx-lm, and mlx-lm. */
  readonly requirements: string;
  readonly mlxLmRequirements: string;
  /** The fast BLAS of the CPU backend; without it all works, slowly. */
  readonly blasRequirements: string | undefined;
  /** Names the contents: same hash, same packages. */
  readonly hash: string;
}

/** Raise when environments are built differently from the same files. */
const layout = 1;

export function environmentSpec(context: SetupContext, backend: Backend): EnvironmentSpec {
  const folder = join(context.runtime, 'requirements');
  const requirements = join(folder, `${backend}.txt`);
  const mlxLmRequirements = join(folder, 'mlx-lm.txt');
  const usesBlas = backend === 'cpu' && process.platform === 'linux';
  const blasRequirements = usesBlas ? join(folder, 'blas.txt') : undefined;
  const files = [requirements, mlxLmRequirements, ...(blasRequirements ? [blasRequirements] : [])];
  const missing = files.find((file) => !existsSync(file));
  if (missing) {
    throw setupError('runtime-files-missing', `${missing} is missing; install @mlx/engine again`);
  }
  const hash = createHash('sha256');
  hash.update(JSON.stringify([layout, process.platform, process.arch, backend]));
  for (const file of files) hash.update(readFileSync(file));
  return { backend, requirements, mlxLmRequirements, blasRequirements, hash: hash.digest('hex') };
}

/** The folder of an environment under MLX_SERVE_HOME/python. */
export function environmentFolder(spec: EnvironmentSpec, version: readonly number[]): string {
  const key = createHash('sha256')
    .update(`${spec.hash} ${version.join('.')}`)
    .digest('hex');
  return `${spec.backend}-py${version.slice(0, 2).join('.')}-${key.slice(0, 12)}`;
}
