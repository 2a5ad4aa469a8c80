import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { nonEmptyListOf } from '../common/lists.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  OptionalNonEmptyString,
  OptionalPositiveInteger,
} from '../common/primitives.js';
import { numberBetween } from '../common/ranges.js';
import { Text } from '../common/shared.js';
import { MAX_TEXTS } from './input.js';

export const RerankRequestSchema = strictObject({
  model: NonEmptyString,
  query: NonEmptyString,
  /** An empty one among them is as relevant as nothing at all. */
  documents: nonEmptyListOf(Text, MAX_TEXTS),
  /** What makes a document relevant. */
  instruction: OptionalNonEmptyString,
  /** Report this many best documents; absent: all. */
  topN: OptionalPositiveInteger,
});
export type RerankRequest = z.infer<typeof RerankRequestSchema>;

export const RerankingSchema = z.object({
  model: Text,
  /** Best first; equal ones in the order that they were given. */
  results: z.array(
    z.object({
      /** Place among the documents given. */
      index: NonNegativeInteger,
      /** How sure the model is that the document matches. */
      score: numberBetween(0, 1),
      document: Text,
    }),
  ),
  promptTokens: NonNegativeInteger,
});
export type Reranking = z.infer<typeof RerankingSchema>;
