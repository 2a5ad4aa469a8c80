import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import { openObject } from '../common/objects.js';
import { MAX_PROMPT_TOKENS, nonEmptyListOf } from '../common/lists.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NullishTopLogprobs,
  TokenId,
} from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import {
  AnyNumber,
  NullableNumber,
  NullishFlag,
  NullishText,
  Text,
  TextList,
  literal,
} from '../common/shared.js';
import { SamplingParametersSchema } from './parameters.js';
import { NullishUsage } from './usage.js';

const Tokens = nonEmptyListOf(TokenId, MAX_PROMPT_TOKENS);

/** Body of `POST /v1/completions`; unknown keys are an error. */
export const CompletionRequestSchema = SamplingParametersSchema.extend({
  model: NonEmptyString,
  /** One prompt or several, as text or as token ids. */
  prompt: z.union([Text, nonEmptyListOf(Text, 2048), Tokens, nonEmptyListOf(Tokens, 2048)]),
  /** 0 only with `echo`; -1 for as many as the model will. */
  max_tokens: integerBetween(-1, Number.MAX_SAFE_INTEGER).nullish(),
  best_of: integerBetween(1, 128).nullish(),
  echo: NullishFlag,
  logprobs: NullishTopLogprobs,
  suffix: NullishText,
});
export type CompletionRequest = z.infer<typeof CompletionRequestSchema>;

/** A completion, or one server-sent event of a streamed one. */
export const CompletionSchema = openObject({
  id: Text,
  object: literal('text_completion'),
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  model: Text,
  system_fingerprint: NullishText,
  choices: z.array(
    openObject({
      index: NonNegativeInteger,
      text: Text,
      /** Null while a stream goes on. */
      finish_reason: z.enum(['stop', 'length', 'content_filter']).nullable(),
      logprobs: openObject({
        tokens: TextList,
        token_logprobs: z.array(NullableNumber),
        top_logprobs: z.array(z.record(Text, AnyNumber).nullable()).nullable(),
        text_offset: z.array(NonNegativeInteger),
      }).nullish(),
      mismatches: OptionalMismatches,
    }),
  ),
  usage: NullishUsage,
});
export type Completion = z.infer<typeof CompletionSchema>;
