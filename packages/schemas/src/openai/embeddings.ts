import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NullishPositiveInteger,
} from '../common/primitives.js';
import { AnyNumber, NullishText, Text, literal } from '../common/shared.js';
import { TextInputSchema } from '../pooling/input.js';

/** Body of `POST /v1/embeddings`; unknown keys are an error. */
export const EmbeddingRequestSchema = strictObject({
  model: NonEmptyString,
  /** One input or up to 2048, as text or as token ids. */
  input: TextInputSchema,
  dimensions: NullishPositiveInteger,
  encoding_format: z.enum(['float', 'base64']).nullish(),
  user: NullishText,
});
export type EmbeddingRequest = z.infer<typeof EmbeddingRequestSchema>;

export const EmbeddingListSchema = openObject({
  object: literal('list'),
  data: z.array(
    openObject({
      object: literal('embedding'),
      index: NonNegativeInteger,
      /** Numbers, or little-endian float32 values in base64. */
      embedding: z.union([z.array(AnyNumber), Text]),
    }),
  ),
  model: Text,
  usage: openObject({ prompt_tokens: NonNegativeInteger, total_tokens: NonNegativeInteger }),
});
export type EmbeddingList = z.infer<typeof EmbeddingListSchema>;
