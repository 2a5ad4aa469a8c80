import { strictObject } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger } from '../common/primitives.js';

/** Loads an adapter beside the model, in place of the one of that name; a misfit is refused. */
export const LoadAdapterParamsSchema = strictObject({
  /** The name that `generate` asks for it by. */
  name: NonEmptyString,
  /** A local directory with adapter_config.json and safetensors, as mlx-lm or PEFT write them. */
  path: NonEmptyString,
});
export const LoadAdapterResultSchema = strictObject({
  /** The highest of its layers. */
  rank: NonNegativeInteger,
  memoryBytes: NonNegativeInteger,
});

/** Forgets an adapter; requests that run with it go on. */
export const UnloadAdapterParamsSchema = strictObject({ name: NonEmptyString });
