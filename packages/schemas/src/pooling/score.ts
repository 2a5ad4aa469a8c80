import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString, OptionalTopLogprobs, TokenId } from '../common/primitives.js';
import { AnyNumber, NullableNumber, Text } from '../common/shared.js';
import { TokenLogprobSchema } from '../generation/chunk.js';
import { TextInputSchema } from './input.js';

export const ScoreRequestSchema = strictObject({
  model: NonEmptyString,
  input: TextInputSchema,
  /** Also report this many most likely tokens of each position. */
  topLogprobs: OptionalTopLogprobs,
});
export type ScoreRequest = z.infer<typeof ScoreRequestSchema>;

export const TextScoreSchema = z.object({
  tokens: z.array(
    z.object({
      token: TokenId,
      text: Text,
      /** Given the tokens before it; null for the first, which has none. */
      logprob: NullableNumber,
      top: z.array(TokenLogprobSchema),
    }),
  ),
  /** Of the whole text: the sum over its tokens but the first. */
  logprob: AnyNumber,
  /** exp of the mean negative log-probability; null for a text of one token. */
  perplexity: NullableNumber,
});
export type TextScore = z.infer<typeof TextScoreSchema>;
