import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWheel, pinned, type Wheel } from './wheel.js';

const checkScript = `
import sys
if sys.argv[1] == "check":
    import mlx_tiny
else:
    sys.exit("no BLAS for this test")
`;

export interface TinyRuntime {
  readonly folder: string;
  readonly wheel: Wheel;
}

/** A runtime whose environment is one small wheel, so that building it takes seconds. */
export function makeTinyRuntime(python: string, folder: string): TinyRuntime {
  const wheel = makeWheel(python, folder, 'mlx_tiny', { 'mlx_tiny/__init__.py': '' });
  const requirements = join(folder, 'requirements');
  const setup = join(folder, 'src', 'mlx_runtime', 'setup');
  for (const path of [requirements, setup]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, 'src', 'mlx_runtime', '__init__.py'), '');
  writeFileSync(join(setup, '__init__.py'), '');
  writeFileSync(join(setup, '__main__.py'), checkScript);
  for (const name of ['apple', 'cpu', 'cuda13']) {
    writeFileSync(join(requirements, `${name}.txt`), pinned('mlx_tiny', wheel));
  }
  for (const name of ['mlx-lm', 'blas']) writeFileSync(join(requirements, `${name}.txt`), '');
  return { folder, wheel };
}
