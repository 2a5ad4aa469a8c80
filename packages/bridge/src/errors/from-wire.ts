import { EngineClientError, engineErrorCodeFromWire } from '@mlx/schemas';
import { WireErrorDataSchema, type JsonRpcError } from '@mlx/schemas/wire';

/**
 * An error the sidecar reported, in a response or in a row's `finish`. Its `data` becomes
 * `details`, where the parameter at fault is a `field` as in errors of the schemas.
 */
export function errorFromWire(error: JsonRpcError): EngineClientError {
  const { data } = error;
  const known = WireErrorDataSchema.safeParse(data).data;
  const details = known?.param === undefined ? data : { ...known, field: known.param };
  return new EngineClientError(engineErrorCodeFromWire(error), error.message, { details });
}
