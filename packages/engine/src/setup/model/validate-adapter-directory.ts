import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { modelError } from '../errors.js';
import { incompleteError, readJson, refusePointer } from './model-files.js';

const CONFIG = 'adapter_config.json';
/** As PEFT and mlx-lm name them. */
const weightFiles = ['adapter_model.safetensors', 'adapters.safetensors'];

/** True of a directory that holds an adapter (LoRA) and no model. */
export const isAdapterDirectory = (directory: string): boolean =>
  existsSync(join(directory, CONFIG)) && !existsSync(join(directory, 'config.json'));

/** Check that a directory is a complete adapter. Whether it fits a model is seen when it is loaded. */
export async function validateAdapterDirectory(directory: string): Promise<string> {
  const names = await list(directory);
  if (!names.includes(CONFIG)) throw incompleteError(directory, CONFIG);
  await readJson(directory, CONFIG);
  const weights = weightFiles.find((name) => names.includes(name));
  if (weights !== undefined) {
    await refusePointer(join(directory, weights));
    return directory;
  }
  if (names.includes('adapter_model.bin')) {
    throw modelError(
      'model-refused',
      `${directory} has pickled weights (adapter_model.bin), which can run code and are never read. ` +
        'Save the adapter as safetensors',
    );
  }
  throw incompleteError(directory, weightFiles.join(' or '));
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw modelError('model-not-found', `There is no adapter directory at ${directory}`, error);
  }
}
