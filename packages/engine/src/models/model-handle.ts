import type { ModelDescriptor, ModelHandle, ModelState } from '@mlx/schemas';
import type { WireResult } from '@mlx/schemas/wire';

export interface HandleFacts {
  readonly descriptor: ModelDescriptor;
  readonly state: ModelState;
  readonly path: string | undefined;
  readonly loaded: WireResult<'load'> | undefined;
  /** Reported until the model itself says. */
  readonly defaultContextLength: number;
}

/** What callers see of a model. Sizes are in bytes, times in milliseconds. */
export function toModelHandle(facts: HandleFacts): ModelHandle {
  const { descriptor, state, path, loaded } = facts;
  return {
    descriptor: { ...descriptor, path: path ?? descriptor.path },
    state,
    contextLength: loaded?.contextLength ?? facts.defaultContextLength,
    metadata: loaded === undefined ? {} : toMetadata(loaded),
    draft: false,
  };
}

function toMetadata(loaded: WireResult<'load'>): Record<string, unknown> {
  const { architecture, vocabSize, parameterCount, eosTokenIds, weightBytes, loadMs } = loaded;
  return {
    architecture,
    vocabSize,
    parameterCount,
    eosTokenIds,
    weightBytes,
    loadMs,
    weights: loaded.capabilities.weights,
  };
}
