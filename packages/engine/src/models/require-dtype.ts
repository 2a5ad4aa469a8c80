import { EngineClientError } from '@mlx/schemas';
import { DtypeSchema } from '@mlx/schemas/config';
import type { DtypeRules } from '../settings.js';

/**
 * Refuses a model that computes in another number type than the configuration
 * allows. The type follows from device and weights, so it is known only after
 * loading; quantised weights have none.
 */
export function requireDtype(weights: string, { supported, wanted }: DtypeRules): void {
  const dtype = DtypeSchema.safeParse(weights).data;
  if (dtype === undefined) return;
  if (!supported.includes(dtype)) throw refused(dtype, 'model.supported_dtypes');
  if (wanted !== 'auto' && wanted !== dtype) throw refused(dtype, 'model.default_dtype');
}

function refused(dtype: string, key: string): EngineClientError {
  return new EngineClientError(
    'ModelLoadError',
    `On this device the model computes in ${dtype}, which ${key} does not allow`,
    { details: { type: 'dtype_refused', dtype, key } },
  );
}
