import { EngineClientError } from '@mlx/schemas';

/**
 * What an aborted signal turns a call into. Named `AbortError`, as the platform
 * names it; an `AbortSignal.timeout()` becomes `Timeout`.
 */
export function cancelledError(reason: unknown): EngineClientError {
  if (isTimeout(reason)) {
    return new EngineClientError('Timeout', 'The call took longer than its signal allows', {
      cause: reason,
    });
  }
  const error = new EngineClientError('Cancelled', 'The call was aborted', { cause: reason });
  error.name = 'AbortError';
  return error;
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}
