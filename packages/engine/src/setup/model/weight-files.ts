import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modelError } from '../errors.js';
import { incompleteError, readJson, refusePointer } from './model-files.js';

const pickle = /\.(bin|pt|pth|pkl|ckpt)$/;
const indexFile = 'model.safetensors.index.json';
const wholeFile = 'model.safetensors';
const isWeights = (name: string) => /^model.*\.safetensors$/.test(name);

/** Check that the weights are safetensors and all there. */
export async function requireWeights(directory: string, names: readonly string[]): Promise<void> {
  const weights = names.filter(isWeights);
  if (weights.length === 0) {
    throw otherThanModel(directory, names) ?? incompleteError(directory, wholeFile);
  }
  const named = names.includes(indexFile) ? await shards(directory) : weights;
  const missing = named.find((name) => !names.includes(name));
  // An index of files that were never published beside one that holds everything.
  const needed = missing !== undefined && weights.includes(wholeFile) ? [wholeFile] : named;
  for (const name of needed) await requireContent(directory, name);
}

async function requireContent(directory: string, name: string): Promise<void> {
  const path = join(directory, name);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) throw incompleteError(directory, name);
  await refusePointer(path);
}

/** The weight files an index names. */
async function shards(directory: string): Promise<string[]> {
  const { weight_map: map } = await readJson(directory, indexFile);
  const files = typeof map === 'object' && map !== null ? Object.values(map) : [];
  const names = [...new Set(files)].filter((name) => typeof name === 'string');
  const outside = names.find((name) => name.includes('/') || name.includes('\\'));
  if (!outside) return names;
  throw modelError(
    'model-refused',
    `${join(directory, indexFile)} names a file outside: ${outside}`,
  );
}

/** What a directory without a model's files is, where that can be told. */
export function otherThanModel(directory: string, names: readonly string[]) {
  if (names.includes('adapter_config.json')) {
    return modelError(
      'model-refused',
      `${directory} holds an adapter (LoRA) and not a model. Load the model that it was made for`,
    );
  }
  if (names.some(isWeights)) return undefined;
  const gguf = names.find((name) => name.endsWith('.gguf'));
  if (gguf) {
    return modelError(
      'model-refused',
      `${directory} has its weights as GGUF (${gguf}), which has to be converted first: mlx-serve convert ${join(directory, gguf)}`,
    );
  }
  const pickled = names.find((name) => pickle.test(name));
  if (pickled) {
    return modelError(
      'model-refused',
      `${directory} has its weights only as a Python pickle (${pickled}), which can run code. Use a safetensors version of the model, or convert it with \`mlx_lm.convert\` in a sandbox`,
    );
  }
  const other = names.find((name) => name.endsWith('.safetensors'));
  if (!other) return undefined;
  return modelError(
    'model-refused',
    `${directory} has its weights in another layout (${other}). Use the version of the model for transformers or MLX`,
  );
}
