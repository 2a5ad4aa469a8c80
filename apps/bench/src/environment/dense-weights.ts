import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Progress } from '../report/progress.ts';

const SCRIPT = fileURLToPath(new URL('../../python/dense_weights.py', import.meta.url));

export type DenseType = 'float32' | 'bfloat16';

/**
 * A directory with the model's weights as one dense type, made on first use and
 * kept under `cacheDirectory`. Named for what it was made from and by, so that another
 * model, a new download or another way of making it is never mistaken for it.
 */
export async function denseWeights(
  python: { readonly python: string; readonly env: NodeJS.ProcessEnv },
  modelDirectory: string,
  type: DenseType,
  cacheDirectory: string,
  progress: Progress,
): Promise<string> {
  const destination = join(cacheDirectory, `${await fingerprint(modelDirectory)}-${type}`);
  if (await exists(destination)) return destination;
  progress(`writing the weights as ${type} for the other side (once)`);
  await mkdir(cacheDirectory, { recursive: true });
  const unfinished = await mkdtemp(join(cacheDirectory, 'unfinished-'));
  try {
    await promisify(execFile)(python.python, [SCRIPT, modelDirectory, unfinished, type], {
      env: python.env,
    });
    await rename(unfinished, destination);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return destination;
}

async function fingerprint(modelDirectory: string): Promise<string> {
  const { size, mtimeMs } = await stat(join(modelDirectory, 'config.json'));
  return createHash('sha256')
    .update(`${modelDirectory}\n${size}\n${mtimeMs}\n`)
    .update(await readFile(SCRIPT))
    .digest('hex')
    .slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
