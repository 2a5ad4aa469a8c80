import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const CONFIG = 'config.json';
const ConfigSchema = z.looseObject({});

export interface ModelCopy extends AsyncDisposable {
  readonly directory: string;
}

/**
 * A directory of links to a model's files whose configuration allows a context of so many
 * tokens. What it then writes behind the context that it was made for is of no use; how long that
 * takes is the same as with a model that was made for it.
 */
export async function withContext(modelDirectory: string, tokens: number): Promise<ModelCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'mlx-bench-context-'));
  const copy = {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
  try {
    for (const name of await readdir(modelDirectory)) {
      if (name !== CONFIG) await symlink(resolve(modelDirectory, name), join(directory, name));
    }
    const text = await readFile(join(modelDirectory, CONFIG), 'utf8');
    const config = ConfigSchema.parse(JSON.parse(text));
    const longer = { ...config, max_position_embeddings: tokens };
    await writeFile(join(directory, CONFIG), JSON.stringify(longer));
    return copy;
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    throw error;
  }
}
