import { EngineClientError, engineErrorCodeFromWire } from '@mlx/schemas';
import { RelayedErrorSchema } from '@mlx/schemas/fleet';
import { WireErrorDataSchema, type JsonRpcError } from '@mlx/schemas/wire';

/**
 * An error the sidecar reported, in a response or in a row's `finish`, or that another engine relayed. Its `data` becomes
 * `details`, where the parameter at fault is a `field` as in errors of the schemas.
 */
export function errorFromWire(error: JsonRpcError): EngineClientError {
  const { data, message } = error;
  const { relayed } = RelayedErrorSchema.safeParse(data).data ?? {};
  if (relayed !== undefined) {
    const { code, ...facts } = relayed;
    return new EngineClientError(code, message, facts);
  }
  const known = WireErrorDataSchema.safeParse(data).data;
  const details = known?.param === undefined ? data : { ...known, field: known.param };
  return new EngineClientError(engineErrorCodeFromWire(error), message, { details });
}
