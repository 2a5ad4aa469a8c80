import * as z from 'zod';
import { nonEmptyListOf } from '../common/lists.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NullishNonEmptyString,
  NullishPositiveInteger,
} from '../common/primitives.js';
import { openObject, strictObject } from '../common/objects.js';
import { AnyNumber, NullishFlag, NullishText, Text, literal } from '../common/shared.js';
import { MAX_TEXTS } from '../pooling/input.js';

/** Body of `POST /v1/rerank` as Cohere and Jina have it; unknown keys are an error. */
export const RerankBodySchema = strictObject({
  model: NonEmptyString,
  query: NonEmptyString,
  documents: nonEmptyListOf(z.union([Text, strictObject({ text: Text })]), MAX_TEXTS),
  top_n: NullishPositiveInteger,
  return_documents: NullishFlag,
  user: NullishText,
  /** Beyond theirs: what makes a document relevant. */
  instruction: NullishNonEmptyString,
});
export type RerankBody = z.infer<typeof RerankBodySchema>;

export const RerankListSchema = openObject({
  id: Text,
  object: literal('list'),
  model: Text,
  /** Best first. */
  results: z.array(
    openObject({
      index: NonNegativeInteger,
      relevance_score: AnyNumber,
      document: openObject({ text: Text }).optional(),
    }),
  ),
  usage: openObject({ prompt_tokens: NonNegativeInteger, total_tokens: NonNegativeInteger }),
});
export type RerankList = z.infer<typeof RerankListSchema>;
