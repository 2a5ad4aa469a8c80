import { listModels, parseModelReference, validateModelDirectory } from '@mlx/engine/setup';
import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import { toDescriptor } from './model-source.js';

/**
 * Refuses names that lead nowhere and directories that hold no model, before
 * anything is set up or fetched for them.
 *
 * @throws EngineClientError with what is wrong, and the model that may have been meant
 */
export async function requireModels(models: readonly string[]): Promise<void> {
  for (const model of models) {
    const { path } = toDescriptor(model);
    const reference = readReference(path);
    if (reference.kind === 'directory') await validateModelDirectory(reference.path);
  }
}

function readReference(path: string): ReturnType<typeof parseModelReference> {
  try {
    return parseModelReference(path);
  } catch (error) {
    const meant = listModels().find(({ id }) => nameOf(id) === path.toLowerCase());
    if (!isEngineClientError(error) || meant === undefined) throw error;
    throw new EngineClientError(error.code, `${error.message}. Did you mean ${meant.id}?`, {
      cause: error,
    });
  }
}

/** Without the owner, which people leave out. */
const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1).toLowerCase();
