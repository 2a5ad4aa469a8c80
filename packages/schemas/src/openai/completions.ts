import * as z from 'zod';
import { NonEmptyString, NonNegativeInteger, TokenId } from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import { NullishFlag, NullishText, Text, TextList } from '../common/shared.js';
import { SamplingParametersSchema } from './parameters.js';
import { OpenAIUsageSchema } from './usage.js';

/** Body of `POST /v1/completions`; unknown keys are an error. */
export const CompletionRequestSchema = SamplingParametersSchema.extend({
  model: NonEmptyString,
  /** One prompt or several, as text or as token ids. */
  prompt: z.union([
    Text,
    TextList.min(1, 'Cannot be empty'),
    z.array(TokenId).min(1, 'Cannot be empty'),
    z.array(z.array(TokenId).min(1, 'Cannot be empty')).min(1, 'Cannot be empty'),
  ]),
  max_tokens: NonNegativeInteger.nullish(),
  best_of: integerBetween(1, 128).nullish(),
  echo: NullishFlag,
  logprobs: integerBetween(0, 20).nullish(),
  suffix: NullishText,
});
export type CompletionRequest = z.infer<typeof CompletionRequestSchema>;

/** A completion, or one server-sent event of a streamed one. */
export const CompletionSchema = z.looseObject({
  id: Text,
  object: z.literal('text_completion'),
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  model: Text,
  system_fingerprint: NullishText,
  choices: z.array(
    z.looseObject({
      index: NonNegativeInteger,
      text: Text,
      /** Null while a stream goes on. */
      finish_reason: z.enum(['stop', 'length', 'content_filter']).nullable(),
      logprobs: z
        .looseObject({
          tokens: TextList,
          token_logprobs: z.array(z.number().nullable()),
          top_logprobs: z.array(z.record(Text, z.number()).nullable()).nullable(),
          text_offset: z.array(NonNegativeInteger),
        })
        .nullish(),
    }),
  ),
  usage: OpenAIUsageSchema.nullish(),
});
export type Completion = z.infer<typeof CompletionSchema>;
