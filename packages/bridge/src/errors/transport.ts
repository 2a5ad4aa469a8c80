import { EngineClientError } from '@mlx/schemas';

/** The sidecar said something that breaks the protocol, so what it meant is lost. */
export function protocolViolation(message: string): EngineClientError {
  return new EngineClientError('TransportError', message, {
    details: { type: 'protocol_violation' },
  });
}

export function versionMismatch(ours: number, theirs: string, cause?: unknown): EngineClientError {
  return new EngineClientError(
    'TransportError',
    `Protocol versions differ: the bridge speaks ${ours}, the sidecar speaks ${theirs}. ` +
      'Install the engine and its Python runtime from the same release.',
    {
      cause,
      retryable: false,
      details: { type: 'protocol_version_mismatch', expected: ours, actual: theirs },
    },
  );
}

export function requestTimeout(method: string, timeoutMs: number): EngineClientError {
  return new EngineClientError('Timeout', `No answer to '${method}' within ${timeoutMs} ms`, {
    details: { method, timeoutMs },
  });
}

export function frameTooLarge(method: string, bytes: number, limit: number): EngineClientError {
  return new EngineClientError(
    'InvalidParams',
    `The '${method}' request is ${bytes} bytes long, and ${limit} are taken at most. Send less text, or fewer and smaller images.`,
    { details: { method, bytes, limit } },
  );
}

export function tooManyPending(limit: number): EngineClientError {
  return new EngineClientError(
    'Overloaded',
    `${limit} requests are already waiting for the sidecar. Try again later.`,
    { details: { type: 'too_many_pending_requests', limit } },
  );
}

export function notRunning(state: string): EngineClientError {
  return new EngineClientError('TransportError', `The sidecar takes no calls: it is ${state}`, {
    details: { type: 'not_running', state },
  });
}

/** What is under way when the sidecar is stopped on purpose. */
export function stoppedError(): EngineClientError {
  return new EngineClientError('Cancelled', 'The sidecar is being stopped', {
    details: { type: 'stopped' },
  });
}
