import { engineErrors, type EngineClientError } from '@mlx/schemas';
import type { RelayedError } from '@mlx/schemas/fleet';
import type { JsonRpcError } from '@mlx/schemas/wire';

/** An error as a frame tells it, and all that it is. */
export function toWireError(error: EngineClientError): JsonRpcError {
  const { code, message, retryable, details } = error;
  const data: RelayedError = { relayed: { code, retryable, details } };
  return { code: engineErrors[code].rpc ?? engineErrors.ServerError.rpc, message, data };
}
