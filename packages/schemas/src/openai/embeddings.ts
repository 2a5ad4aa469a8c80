import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger, PositiveInteger } from '../common/primitives.js';
import { NullishText, Text } from '../common/shared.js';
import { TextInputSchema } from '../reading/input.js';

/** Body of `POST /v1/embeddings`; unknown keys are an error. */
export const EmbeddingRequestSchema = strictObject({
  model: NonEmptyString,
  /** One input or up to 2048, as text or as token ids. */
  input: TextInputSchema,
  dimensions: PositiveInteger.nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  user: NullishText,
});
export type EmbeddingRequest = z.infer<typeof EmbeddingRequestSchema>;

export const EmbeddingListSchema = openObject({
  object: z.literal('list'),
  data: z.array(
    openObject({
      object: z.literal('embedding'),
      index: NonNegativeInteger,
      /** Numbers, or little-endian float32 values in base64. */
      embedding: z.union([z.array(z.number()), Text]),
    }),
  ),
  model: Text,
  usage: openObject({ prompt_tokens: NonNegativeInteger, total_tokens: NonNegativeInteger }),
});
export type EmbeddingList = z.infer<typeof EmbeddingListSchema>;
