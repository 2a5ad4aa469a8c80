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

/** Body of `POST /v1/models/unload`. */
export const UnloadModelBodySchema = strictObject({ model: NonEmptyString });
