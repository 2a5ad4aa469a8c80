import { readModelReference, validateModelDirectory } from '@mlx/engine/setup';
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
    const reference = readModelReference(path);
    if (reference.kind === 'directory') await validateModelDirectory(reference.path);
  }
}
