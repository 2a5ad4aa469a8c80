import { APICallError } from '@ai-sdk/provider';
import type { MlxChunk } from '../engine.js';

export type EngineFailure = Extract<MlxChunk, { type: 'error' }>['error'];

/** An engine's error in the SDK's form; what is no error of an engine is returned as it is. */
export function engineError(thrown: unknown, request: { readonly model: string }): unknown {
  if (!isEngineFailure(thrown)) return thrown;
  const { message, code, details, retryable = false } = thrown;
  const statusCode = Reflect.get(thrown, 'httpStatus');
  const seconds = retryAfter(details);
  return new APICallError({
    message,
    url: `mlx://${encodeURI(request.model)}`,
    requestBodyValues: request,
    isRetryable: retryable,
    data: { code, details },
    cause: thrown,
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
    ...(seconds === undefined ? {} : { responseHeaders: { 'retry-after': String(seconds) } }),
  });
}

function isEngineFailure(value: unknown): value is EngineFailure {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'code') === 'string' &&
    typeof Reflect.get(value, 'message') === 'string' &&
    'retryable' in value
  );
}

/** Seconds after which the engine expects to have room. */
function retryAfter(details: unknown): number | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const seconds: unknown = Reflect.get(details, 'retryAfter');
  return typeof seconds === 'number' ? seconds : undefined;
}
