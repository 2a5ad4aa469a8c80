import { listModels, parseModelReference, validateModelDirectory } from '@mlx/engine/setup';
import { requireModels } from '../serve/require-models.js';
import { toDescriptor } from '../serve/model-source.js';

/** Where a model's files are; undefined when they have yet to be fetched. */
export function findModel(model: string): string | undefined {
  const reference = parseModelReference(toDescriptor(model).path);
  if (reference.kind === 'directory') return reference.path;
  return listModels().find((local) => local.id === reference.id)?.directory;
}

/** Looks whether it is a complete model that can be loaded safely, or could be fetched. */
export async function requireModel(model: string): Promise<string> {
  await requireModels([model]);
  const directory = findModel(model);
  if (directory !== undefined) return `${model} in ${await validateModelDirectory(directory)}`;
  const { path } = toDescriptor(model);
  throw new Error(
    `${path} is not here yet. Serving it fetches it, or run \`mlx-serve pull ${path}\`.`,
  );
}
