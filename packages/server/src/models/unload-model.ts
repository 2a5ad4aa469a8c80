import { isEngineClientError } from '@mlx/schemas';
import type { RouteContext } from '../route-context.js';

/** Takes a model out of memory; one that is known and not there is no fault. */
export async function unloadModel(
  { engine, models }: Pick<RouteContext, 'engine' | 'models'>,
  name: string,
): Promise<void> {
  const { id } = await models.find(name);
  try {
    await engine.unloadModel?.(id);
  } catch (error) {
    if (!isEngineClientError(error) || error.code !== 'ModelNotLoaded') throw error;
  }
}
