import { isGguf, isModelName, listModels, validateModelDirectory } from '@mlx/engine/setup';
import { toDescriptor } from '../serve/model-source.js';

/** Written as a path, so that it can mean nothing but a directory. */
const PATH = /^[./~]/;

/** Where a model's files are; undefined when they have yet to be fetched. */
export function findModel(model: string): string | undefined {
  const { path, source } = toDescriptor(model);
  if (source === 'local' || PATH.test(path)) return path;
  return listModels().find((local) => local.id === path)?.directory;
}

/** Looks whether it is a complete model that can be loaded safely, or could be fetched. */
export async function requireModel(model: string): Promise<string> {
  const directory = findModel(model);
  if (directory !== undefined) return `${model} in ${await validateModelDirectory(directory)}`;
  const { path } = toDescriptor(model);
  if (!isModelName(path)) {
    const advice = isGguf(path)
      ? `GGUF has to be converted first: mlx-serve convert ${path}`
      : 'A path starts with /, ./ or ~/.';
    throw new Error(
      `'${path}' is neither a Hugging Face id (owner/name) nor a directory. ${advice}`,
    );
  }
  throw new Error(
    `${path} is not here yet. Serving it fetches it, or run \`mlx-serve pull ${path}\`.`,
  );
}
