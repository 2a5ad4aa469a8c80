import { randomUUID } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import { genAi, operations } from '@mlx/schemas/conventions';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import { refuseAdapter } from '../adapters/choose-adapter.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import { modelAttributes } from '../tracing/request-attributes.js';
import { traced } from '../tracing/tracer.js';
import { callModel, type ModelServices } from './call-model.js';
import type { OnlyModel } from './for-only-model.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';

type PoolingMethod = 'embed' | 'score' | 'rerank';
type PoolingParams<Method extends PoolingMethod> = Omit<WireParams<Method>, 'streamId'>;

/** What embedding, scoring and reranking need of an engine. */
export interface PoolingServices {
  readonly models: ModelServices['models'] &
    OnlyModel['models'] &
    Pick<ModelRegistry, 'models' | 'knownModels' | 'names'>;
  readonly settings: Pick<EngineSettings, 'callTimeoutMs' | 'streamTimeoutMs'>;
  readonly events: EngineEmitter;
}

/** Has a model read texts, for at most as long as a generation may take. */
export async function poolTexts<Method extends PoolingMethod>(
  services: PoolingServices,
  model: string,
  method: Method,
  params: PoolingParams<Method>,
  options: unknown,
): Promise<WireResult<Method>> {
  refuseAdapter(services, model);
  const request = { ...params, streamId: randomUUID() } as WireParams<Method>;
  // The call's own scope ends it; the wire sets no limit beside it.
  const timeoutMs = LONGEST_TIMEOUT_MS;
  const startedAt = performance.now();
  return tracedPooling(model, method, async (span) => {
    const result = await callModel(
      services,
      model,
      options,
      (process, signal) => process.request(method, request, { signal, timeoutMs }),
      services.settings.streamTimeoutMs,
    );
    const promptTokens = tokensOf(result);
    span.setAttribute(genAi.usageInputTokens, promptTokens);
    const totalTime = (performance.now() - startedAt) / 1000;
    services.events.announce('pooling:completed', { model, method, promptTokens, totalTime });
    return result;
  });
}

function tokensOf(result: WireResult<PoolingMethod>): number {
  if ('texts' in result) return result.texts.reduce((sum, { rest }) => sum + 1 + rest.length, 0);
  return result.promptTokens.reduce((sum, tokens) => sum + tokens, 0);
}

function tracedPooling<Result>(
  model: string,
  method: PoolingMethod,
  read: (span: Span) => Promise<Result>,
): Promise<Result> {
  const operation = method === 'embed' ? operations.embeddings : method;
  return traced(`${operation} ${model}`, modelAttributes(operation, model), read);
}
