import type { ErrorChunk } from '../generation/chunk.js';
import { EngineClientError } from './engine-client-error.js';

/**
 * What a caller's abort turns a call into. Named `AbortError`, as the platform
 * names it; an `AbortSignal.timeout()` becomes `Timeout`.
 */
export function cancelledError(
  reason: unknown,
  message = 'The call was aborted.',
): EngineClientError {
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new EngineClientError('Timeout', 'The call timed out.', {
      cause: reason,
    });
  }
  const error = new EngineClientError('Cancelled', message, { cause: reason });
  error.name = 'AbortError';
  return error;
}

/** The error that a stream's last chunk tells of. */
export function errorFromChunk({ error }: ErrorChunk): EngineClientError {
  const { code, message, ...facts } = error;
  return new EngineClientError(code, message, facts);
}

const SLOW_CONSUMER = 'slow_consumer';

/** What a stream ends with whose consumer forgot it. */
export function slowConsumerError(streamId: string, idleMs: number): EngineClientError {
  return new EngineClientError(
    'Timeout',
    `Stream '${streamId}' was unread for ${Math.round(idleMs)} ms`,
    { retryable: false, details: { type: SLOW_CONSUMER, streamId, idleMs } },
  );
}

export function isSlowConsumerError(error: EngineClientError | undefined): boolean {
  return (error?.details as { type?: unknown } | undefined)?.type === SLOW_CONSUMER;
}
