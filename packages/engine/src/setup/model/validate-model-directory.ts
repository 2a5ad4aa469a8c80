import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modelError } from '../errors.js';

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
const pickle = /\.(bin|pt|pth|pkl|ckpt)$/;
/** A key that names code the model cannot do without, in any of the files below. */
const neededCode = 'model_file';
/** One that names code for which the runtime may have an implementation of its own. */
const mappedCode = 'auto_map';
const configFiles = ['config.json', 'tokenizer_config.json'];
const indexFile = 'model.safetensors.index.json';

/**
 * Check that a directory is a complete model whose loading runs no code of its
 * own: safetensors weights, a tokenizer, and no configuration that names code.
 */
export async function validateModelDirectory(
  directory: string,
  { allowRemoteCode = false }: ModelRules = {},
): Promise<string> {
  const names = await list(directory);
  requireFile(names.includes('config.json'), directory, 'config.json');
  for (const file of configFiles.filter((name) => names.includes(name))) {
    refuseCode(await readJson(directory, file), join(directory, file), allowRemoteCode);
  }
  await requireWeights(directory, names);
  requireFile(
    tokenizerFiles.some((name) => names.includes(name)),
    directory,
    'tokenizer.json',
  );
  return directory;
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw modelError('model-not-found', `There is no model directory at ${directory}`, error);
  }
}

async function requireWeights(directory: string, names: readonly string[]): Promise<void> {
  const weights = names.filter((name) => /^model.*\.safetensors$/.test(name));
  const pickled = names.find((name) => pickle.test(name));
  if (weights.length === 0 && pickled) {
    throw modelError(
      'model-refused',
      `${directory} has its weights only as a Python pickle (${pickled}), which can run code. Use a safetensors version of the model, or convert it with \`mlx_lm.convert\` in a sandbox`,
    );
  }
  requireFile(weights.length > 0, directory, 'model.safetensors');
  for (const shard of names.includes(indexFile) ? await shards(directory) : weights) {
    const size = await stat(join(directory, shard)).then(
      (found) => found.size,
      () => 0,
    );
    requireFile(size > 0, directory, shard);
  }
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

async function readJson(directory: string, name: string): Promise<Record<string, unknown>> {
  const path = join(directory, name);
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw new TypeError('not an object');
  } catch (error) {
    throw modelError(
      'model-incomplete',
      `${path} is not readable as JSON; fetch the model again`,
      error,
    );
  }
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

function requireFile(isThere: boolean, directory: string, name: string): void {
  if (isThere) return;
  throw modelError(
    'model-incomplete',
    `${directory} is not a complete model: ${name} is missing or empty. Fetch the model again`,
  );
}
