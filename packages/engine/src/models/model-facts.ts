import type { WireResult } from '@mlx/schemas/wire';

/** What the latest life of the model's process said of itself and of the model. */
export interface ModelFacts {
  readonly path: string;
  readonly runtime: WireResult<'initialize'>;
  readonly loaded: WireResult<'load'>;
}

/** How much a model is used; moments are `performance.now()`. */
export interface ModelUse {
  readonly loadedAt: number;
  lastUsedAt: number;
  calls: number;
}
