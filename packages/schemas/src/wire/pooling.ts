import * as z from 'zod';
import { nonEmptyListOf } from '../common/lists.js';
import { strictObject, withProperties } from '../common/objects.js';
import {
  NoTopLogprobs,
  NonNegativeInteger,
  OptionalPositiveInteger,
} from '../common/primitives.js';
import { numberBetween } from '../common/ranges.js';
import { On, OptionalText, Text, TextList } from '../common/shared.js';
import { WireTokenLogprobSchema } from './notifications.js';
import { WirePromptSchema } from './prompt.js';
import { WireStreamIdSchema } from './requests.js';
import { WireTokenIdSchema } from './sampling.js';

/*
 * Requests that read texts and generate nothing. A `cancel` notification with
 * their stream id takes them back; the answer is then an error.
 */

/** Which hidden states make a text's vector: all of them, the last or the first. */
export const WirePoolingSchema = z.enum(['mean', 'last', 'cls']);
export type WirePooling = z.infer<typeof WirePoolingSchema>;

const WirePromptsSchema = nonEmptyListOf(WirePromptSchema, 2048);

const TokenCountsSchema = z.array(NonNegativeInteger);

/** How vectors are made, for callers and on the wire alike. */
export const vectorShape = {
  /** Which hidden states make a vector; absent: what the model was made for, else the mean. */
  pooling: WirePoolingSchema.optional(),
  /** Keep this many leading numbers of each vector. */
  dimensions: OptionalPositiveInteger,
  /** Which of the model's own prompts is written before each text; absent: its default, if any. */
  promptName: OptionalText,
};

export const EmbedParamsSchema = strictObject(
  withProperties(vectorShape, {
    streamId: WireStreamIdSchema,
    input: WirePromptsSchema,
    /** Scale each vector, after it was shortened, to length 1. */
    normalize: On,
  }),
);
export const EmbedResultSchema = strictObject({
  /** Little-endian float32 values in base64, one for each prompt. */
  vectors: TextList,
  pooling: WirePoolingSchema,
  promptTokens: TokenCountsSchema,
});

export const ScoreParamsSchema = strictObject({
  streamId: WireStreamIdSchema,
  input: WirePromptsSchema,
  /** Also report this many most likely tokens of each position. */
  topLogprobs: NoTopLogprobs,
});
export const WireScoredTextSchema = strictObject({
  /** The first token has nothing before it that could make it likely. */
  first: strictObject({ token: WireTokenIdSchema, text: Text }),
  /** Every further token, given those before it. */
  rest: z.array(WireTokenLogprobSchema),
});
export const ScoreResultSchema = strictObject({ texts: z.array(WireScoredTextSchema) });

export const RerankParamsSchema = strictObject({
  streamId: WireStreamIdSchema,
  /** Prompts that each ask whether one document matches; the next token is the answer. */
  documents: WirePromptsSchema,
  /** Texts of the two answers; each has to be one token. */
  yes: Text.min(1).max(64),
  no: Text.min(1).max(64),
  /** For a cross-encoder, which reads it and each document, a text, together and answers itself. */
  query: OptionalText,
});
export const RerankResultSchema = strictObject({
  /** One for each document: the share of `yes` in the likelihood of both answers, or what a
   * cross-encoder's head says, between 0 and 1. */
  scores: z.array(numberBetween(0, 1)),
  promptTokens: TokenCountsSchema,
  /** Tokens that the prompts begin with in common, computed once. */
  sharedTokens: NonNegativeInteger,
});
