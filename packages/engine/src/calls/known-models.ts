import type { ModelHandle, ModelState } from '@mlx/schemas';
import { adapterNames } from '../adapters/choose-adapter.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { LoadProgress } from '../runner/runner.js';

/** A model that requests may name, in memory or not. */
export interface KnownModelInfo {
  readonly id: string;
  readonly state: ModelState | 'unloaded';
  /** Absent while the model is not in memory. */
  readonly handle?: ModelHandle;
  /** How far a load is. */
  readonly progress?: LoadProgress | undefined;
  /** Bytes of weights and key-value caches; an estimate until the model is loaded. */
  readonly memoryBytes?: number | undefined;
  /** Adapters that are loaded beside it, or will be together with it. */
  readonly adapters?: readonly string[];
  /** Calls that use it now. */
  readonly activeRequests: number;
  /** Never makes room for others. */
  readonly pinned: boolean;
  /** When it will leave if nothing uses it, in milliseconds since the Unix epoch. */
  readonly expiresAt?: number | undefined;
}

/** `knownModels`: those in memory or named before first, then those that are kept on disk. */
export async function knownModels({
  models,
}: {
  readonly models: Pick<ModelRegistry, 'models' | 'knownModels' | 'names' | 'room'>;
}): Promise<KnownModelInfo[]> {
  const inMemory = new Map(models.models.map((model) => [model.id, model]));
  const ids = new Set([...inMemory.keys(), ...(await models.knownModels.ids())]);
  return [...ids].map((id) => {
    const model = inMemory.get(id);
    const adapters = adapterNames({ models }, id);
    if (model === undefined) {
      return { id, state: 'unloaded', adapters, activeRequests: 0, pinned: false };
    }
    const { state, handle, progress, activeCalls: activeRequests, pinned, keepAlive } = model;
    const expiresAt = pinned ? undefined : keepAlive.expiresAt;
    return {
      id,
      state,
      handle,
      adapters,
      progress: state === 'loading' ? progress : undefined,
      memoryBytes: models.room.bytesOf(model) || undefined,
      activeRequests,
      pinned,
      expiresAt:
        expiresAt === undefined ? undefined : Math.round(performance.timeOrigin + expiresAt),
    };
  });
}
