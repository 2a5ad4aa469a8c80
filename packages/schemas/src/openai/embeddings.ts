import * as z from 'zod';
import {
  NonEmptyString,
  NonNegativeInteger,
  PositiveInteger,
  TokenId,
} from '../common/primitives.js';
import { NullishText, Text } from '../common/shared.js';

const Tokens = z.array(TokenId).min(1, 'Cannot be empty');

/** Body of `POST /v1/embeddings`; unknown keys are an error. */
export const EmbeddingRequestSchema = z.strictObject({
  model: NonEmptyString,
  /** One input or up to 2048, as text or as token ids. */
  input: z.union([
    NonEmptyString,
    z.array(NonEmptyString).min(1, 'Cannot be empty').max(2048),
    Tokens,
    z.array(Tokens).min(1, 'Cannot be empty').max(2048),
  ]),
  dimensions: PositiveInteger.nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  user: NullishText,
});
export type EmbeddingRequest = z.infer<typeof EmbeddingRequestSchema>;

export const EmbeddingListSchema = z.looseObject({
  object: z.literal('list'),
  data: z.array(
    z.looseObject({
      object: z.literal('embedding'),
      index: NonNegativeInteger,
      /** Numbers, or little-endian float32 values in base64. */
      embedding: z.union([z.array(z.number()), Text]),
    }),
  ),
  model: Text,
  usage: z.looseObject({ prompt_tokens: NonNegativeInteger, total_tokens: NonNegativeInteger }),
});
export type EmbeddingList = z.infer<typeof EmbeddingListSchema>;
