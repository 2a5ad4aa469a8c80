import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGguf } from './model-reference.js';
import { modelError } from '../errors.js';
import { incompleteError, readJson, refusePointer } from './model-files.js';
import { otherThanModel, requireWeights } from './weight-files.js';

/** What a model must be like to be loaded. */
export interface ModelRules {
  /** Fetched files must be what was published, and stay so. Default: true. */
  readonly verifyChecksums?: boolean;
  /**
   * Take models whose configuration maps classes to code of their own, with the
   * runtime's implementation of them; the code is neither fetched nor run.
   * Default: false, they are refused.
   */
  readonly allowRemoteCode?: boolean;
}

const tokenizerFiles = ['tokenizer.json', 'tokenizer.model'];
/** A key that names code the model cannot do without, in any of the files below. */
const neededCode = 'model_file';
/** One that names code for which the runtime may have an implementation of its own. */
const mappedCode = 'auto_map';
const configFiles = ['config.json', 'tokenizer_config.json'];

/**
 * Check that a directory is a complete model whose loading runs no code of its
 * own: safetensors weights, a tokenizer, and no configuration that names code.
 */
export async function validateModelDirectory(
  directory: string,
  { allowRemoteCode = false }: ModelRules = {},
): Promise<string> {
  const names = await list(directory);
  if (!names.includes('config.json')) {
    throw otherThanModel(directory, names) ?? incompleteError(directory, 'config.json');
  }
  for (const file of configFiles.filter((name) => names.includes(name))) {
    refuseCode(await readJson(directory, file), join(directory, file), allowRemoteCode);
  }
  await requireWeights(directory, names);
  const tokenizers = tokenizerFiles.filter((name) => names.includes(name));
  if (tokenizers.length === 0) throw incompleteError(directory, 'tokenizer.json');
  for (const name of tokenizers) await refusePointer(join(directory, name));
  return directory;
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (existsSync(directory)) throw fileError(directory);
    throw modelError('model-not-found', `There is no model directory at ${directory}`, error);
  }
}

function fileError(path: string) {
  const advice = isGguf(path)
    ? `GGUF has to be converted first: mlx-serve convert ${path}`
    : 'name the directory that holds config.json and the weights';
  return modelError('model-refused', `${path} is a file and no model directory; ${advice}`);
}

function refuseCode(config: Record<string, unknown>, path: string, isAllowed: boolean): void {
  const refused = isAllowed ? [neededCode] : [neededCode, mappedCode];
  const key = refused.find((name) => name in config);
  if (!key) return;
  const advice =
    key === mappedCode
      ? 'With security.allow_remote_code it is loaded without that code'
      : 'Use a version of the model that needs no code of its own';
  throw modelError(
    'model-refused',
    `${path} asks to run Python code of the model ('${key}'), which is never done. ${advice}`,
  );
}
