import { listModels, validateModelDirectory } from '@mlx/engine/setup';
import { toDescriptor } from '../serve/model-source.js';

/** Written as a path, so that it can mean nothing but a directory. */
const PATH = /^[./~]/;

/** Where a model's files are; undefined when they have yet to be fetched. */
export function findModel(model: string): string | undefined {
  const { id, path, source } = toDescriptor(model);
  if (source === 'local' || PATH.test(model)) return path;
  return listModels().find((local) => local.id === id)?.directory;
}

/** Looks whether the directory is a complete model that can be loaded safely. */
export async function requireModel(model: string, directory: string | undefined): Promise<string> {
  if (directory !== undefined) return `${model} in ${await validateModelDirectory(directory)}`;
  throw new Error(
    `${model} is not here yet. Serving it fetches it, or run \`npx mlx-engine setup --model ${model}\`.`,
  );
}
