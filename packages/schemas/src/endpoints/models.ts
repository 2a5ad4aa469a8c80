import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString } from '../common/primitives.js';
import { NullishFlag, Text } from '../common/shared.js';

/**
 * How long a model stays without use: seconds, or a duration such as `5m` or
 * `1h30m`; 0: no longer than it is used; below 0: until others need its room.
 */
export const KeepAliveSchema = z.union([z.number(), Text]).nullish();

/** Body of `POST /v1/models/load`. */
export const LoadModelBodySchema = strictObject({
  model: NonEmptyString,
  keep_alive: KeepAliveSchema,
  /** Never makes room for others. */
  pinned: NullishFlag,
  /** False: answers at once; `GET /v1/models/{model}` tells how far it is. Default true. */
  wait: NullishFlag,
});
export type LoadModelBody = z.infer<typeof LoadModelBodySchema>;

/** Body of `POST /v1/load_lora_adapter`, as vLLM has it. */
export const LoadAdapterBodySchema = strictObject({
  /** What requests call it: `lora_adapter`, or `model` as `model:name` or as the name alone. */
  lora_name: NonEmptyString,
  /** A directory below one of `model.trusted_model_directories`. */
  lora_path: NonEmptyString,
  /** Take the place of one of that name. */
  load_inplace: NullishFlag,
  /** The model that it is for; may be left out where one is in memory. */
  model: NonEmptyString.nullish(),
});

/** Body of `POST /v1/unload_lora_adapter`. */
export const UnloadAdapterBodySchema = strictObject({
  lora_name: NonEmptyString,
  model: NonEmptyString.nullish(),
});

/** Body of `POST /v1/models/unload`. */
export const UnloadModelBodySchema = strictObject({ model: NonEmptyString });
