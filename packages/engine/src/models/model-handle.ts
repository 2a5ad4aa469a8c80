import type { ModelDescriptor, ModelHandle, ModelState } from '@mlx/schemas';
import type { WireResult } from '@mlx/schemas/wire';
import type { ModelFacts, ModelUse } from './model-facts.js';

interface HandleSource {
  readonly descriptor: ModelDescriptor;
  readonly state: ModelState;
  readonly facts: ModelFacts | undefined;
  /** Undefined where use is not tracked. */
  readonly use: ModelUse | undefined;
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
    metadata: {
      ...(facts === undefined ? {} : toMetadata(facts.loaded)),
      ...(source.use === undefined ? {} : toUsage(source.use)),
    },
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

/** Calls so far, and when the last one began or ended, in milliseconds since the Unix epoch. */
function toUsage({ calls, lastUsedAt }: ModelUse): Record<string, unknown> {
  return { calls, lastUsedAt: Math.round(performance.timeOrigin + lastUsedAt) };
}
