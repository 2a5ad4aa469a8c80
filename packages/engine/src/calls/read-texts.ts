import { randomUUID } from 'node:crypto';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import type { EngineServices } from './engine-services.js';
import { callModel } from './call-model.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';

type ReadingMethod = 'embed' | 'score' | 'rerank';
type ReadingParams<Method extends ReadingMethod> = Omit<WireParams<Method>, 'streamId'>;

/** Has a model read texts, for at most as long as a generation may take. */
export function readTexts<Method extends ReadingMethod>(
  services: EngineServices,
  model: string,
  method: Method,
  params: ReadingParams<Method>,
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
