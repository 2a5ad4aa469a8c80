import { randomUUID } from 'node:crypto';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import type { EngineSettings } from '../settings.js';
import { callModel, type ModelServices } from './call-model.js';
import type { OnlyModel } from './for-only-model.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';

type PoolingMethod = 'embed' | 'score' | 'rerank';
type PoolingParams<Method extends PoolingMethod> = Omit<WireParams<Method>, 'streamId'>;

/** What embedding, scoring and reranking need of an engine. */
export interface PoolingServices {
  readonly models: ModelServices['models'] & OnlyModel['models'];
  readonly settings: Pick<EngineSettings, 'callTimeoutMs' | 'streamTimeoutMs'>;
}

/** Has a model read texts, for at most as long as a generation may take. */
export function poolTexts<Method extends PoolingMethod>(
  services: PoolingServices,
  model: string,
  method: Method,
  params: PoolingParams<Method>,
  options: unknown,
): Promise<WireResult<Method>> {
  const request = { ...params, streamId: randomUUID() } as WireParams<Method>;
  // The call's own scope ends it; the wire sets no limit beside it.
  const timeoutMs = LONGEST_TIMEOUT_MS;
  return callModel(
    services,
    model,
    options,
    (process, signal) => process.request(method, request, { signal, timeoutMs }),
    services.settings.streamTimeoutMs,
  );
}
