import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger } from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import { AnyNumber, OptionalFlag, Text } from '../common/shared.js';
import { WirePoolingSchema } from '../wire/reading.js';
import { TextInputSchema } from './input.js';

export const EmbedRequestSchema = strictObject({
  model: NonEmptyString,
  input: TextInputSchema,
  /** Which hidden states make a vector; absent: what the model was made for, else the mean. */
  pooling: WirePoolingSchema.optional(),
  /** Keep this many leading numbers of each vector. */
  dimensions: integerBetween(1, 1_000_000).optional(),
  /** Scale each vector, after it was shortened, to length 1. Default true. */
  normalize: OptionalFlag,
});
export type EmbedRequest = z.infer<typeof EmbedRequestSchema>;

export const EmbeddingsSchema = z.object({
  model: Text,
  /** One vector for each text; numbers of float32 precision. */
  embeddings: z.array(z.array(AnyNumber)),
  pooling: WirePoolingSchema,
  promptTokens: NonNegativeInteger,
});
export type Embeddings = z.infer<typeof EmbeddingsSchema>;
