import type { ModelDescriptor, ModelHandle, ModelState } from '@mlx/schemas';
import type { WireResult } from '@mlx/schemas/wire';
import type { ModelFacts } from './managed-model.js';

interface HandleSource {
  readonly descriptor: ModelDescriptor;
  readonly state: ModelState;
  readonly facts: ModelFacts | undefined;
  /** Reported until the model itself says. */
  readonly defaultContextLength: number;
}

/** What callers see of a model. Sizes are in bytes, times in milliseconds. */
export function toModelHandle(source: HandleSource): ModelHandle {
  const { descriptor, state, facts } = source;
  return {
    descriptor: { ...descriptor, path: facts?.path ?? descriptor.path },
    state,
    contextLength: facts?.loaded.contextLength ?? source.defaultContextLength,
    metadata: facts === undefined ? {} : toMetadata(facts.loaded),
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
