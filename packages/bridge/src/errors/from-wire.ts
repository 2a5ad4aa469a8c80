import { EngineClientError, engineErrorCodeFromWire } from '@mlx/schemas';
import type { JsonRpcError } from '@mlx/schemas/wire';

/** An error the sidecar reported, in a response or in a row's `finish`. Its `data` becomes `details`. */
export function errorFromWire(error: JsonRpcError): EngineClientError {
  return new EngineClientError(engineErrorCodeFromWire(error), error.message, {
    details: error.data,
  });
}
