import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setupError } from './errors.js';

/**
 * The `python-runtime` folder: inside the package where it was installed from
 * a tarball, two levels up in this repository.
 */
export function findRuntimeFiles(from = dirname(fileURLToPath(import.meta.url))): string {
  const root = packageRoot(from);
  const repository = join(root, '..', '..');
  const isRepository = existsSync(join(repository, 'pnpm-workspace.yaml'));
  // In the repository a copy in the package is a leftover of packing it.
  const candidates = [...(isRepository ? [repository] : []), root].map((folder) =>
    join(folder, 'python-runtime'),
  );
  const found = candidates.find((folder) => existsSync(join(folder, 'src', 'mlx_runtime')));
  if (found) return found;
  throw setupError(
    'runtime-files-missing',
    `The Python sources are missing from ${root}; install @mlx/engine again`,
  );
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? folder : packageRoot(parent);
}
