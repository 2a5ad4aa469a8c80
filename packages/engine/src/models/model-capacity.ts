import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import { evictable } from './eviction.js';
import type { EvictionStrategy } from '../settings.js';
import type { ManagedModel } from './managed-model.js';

export interface ModelCapacity {
  readonly models: () => readonly ManagedModel[];
  readonly unload: (id: string) => Promise<void>;
  readonly maxModels: number;
  readonly strategy: EvictionStrategy;
}

/**
 * Runs the load of `model` once there is room for it, at the cost of idle
 * models. When memory turns out too short, one more idle model goes and the
 * load is tried once more.
 */
export async function loadInto(
  capacity: ModelCapacity,
  model: ManagedModel,
  load: () => Promise<void>,
): Promise<void> {
  while (capacity.models().length > capacity.maxModels) {
    if (!(await evictOne(capacity, model))) throw tooManyModels(capacity.maxModels);
  }
  try {
    await load();
  } catch (thrown) {
    if (!isOutOfMemory(thrown) || !(await evictOne(capacity, model))) throw thrown;
    await load();
  }
}

async function evictOne(capacity: ModelCapacity, except: ManagedModel): Promise<boolean> {
  const first = evictable(capacity.models(), capacity.strategy).find((model) => model !== except);
  if (first === undefined) return false;
  await capacity.unload(first.id);
  return true;
}

function isOutOfMemory(thrown: unknown): boolean {
  if (!isEngineClientError(thrown)) return false;
  return (thrown.details as { type?: unknown } | undefined)?.type === 'out_of_memory';
}

function tooManyModels(limit: number): EngineClientError {
  return new EngineClientError(
    'Overloaded',
    `${limit} models are loaded, which is the limit (model.max_loaded_models), and all are in use. ` +
      'Unload one or try again later.',
    { details: { type: 'too_many_models', limit, retryAfter: 1 } },
  );
}
