import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger } from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import {
  AnyNumber,
  Anythings,
  NullableText,
  NullishText,
  OptionalText,
  Text,
  literal,
} from '../common/shared.js';
import { OpenAIToolCalls } from './messages.js';
import { NullishUsage, OpenAIUsageSchema } from './usage.js';

const LogprobSchema = openObject({
  token: Text,
  logprob: AnyNumber,
  /** UTF-8 bytes of the token. */
  bytes: z.array(integerBetween(0, 255)).nullable(),
});

export const OpenAIChoiceLogprobsSchema = openObject({
  content: z.array(LogprobSchema.extend({ top_logprobs: z.array(LogprobSchema) })).nullable(),
  refusal: Anythings.nullish(),
});
export type OpenAIChoiceLogprobs = z.infer<typeof OpenAIChoiceLogprobsSchema>;

export const OpenAIFinishReasonSchema = z.enum([
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
]);
export type OpenAIFinishReason = z.infer<typeof OpenAIFinishReasonSchema>;

const logprobs = OpenAIChoiceLogprobsSchema.nullish();

const EnvelopeSchema = openObject({
  id: Text,
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  model: Text,
  system_fingerprint: NullishText,
  service_tier: NullishText,
});

export const ChatCompletionSchema = EnvelopeSchema.extend({
  object: literal('chat.completion'),
  choices: z.array(
    openObject({
      index: NonNegativeInteger,
      message: openObject({
        role: literal('assistant'),
        content: NullableText,
        refusal: NullishText,
        /** The model's thinking, where its format sets it apart; under both names in use. */
        reasoning_content: NullishText,
        reasoning: NullishText,
        tool_calls: OpenAIToolCalls,
      }),
      finish_reason: OpenAIFinishReasonSchema,
      logprobs,
      mismatches: OptionalMismatches,
    }),
  ),
  usage: OpenAIUsageSchema.optional(),
});
export type ChatCompletion = z.infer<typeof ChatCompletionSchema>;

/** Parts of a call arrive one after another; `index` says which call they belong to. */
const ToolCallDeltaSchema = openObject({
  index: NonNegativeInteger,
  id: OptionalText,
  type: z.enum(['function', 'custom']).optional(),
  function: openObject({ name: OptionalText, arguments: OptionalText }).optional(),
  custom: openObject({ name: OptionalText, input: OptionalText }).optional(),
});

/** One server-sent event of a streamed chat completion. */
export const ChatCompletionChunkSchema = EnvelopeSchema.extend({
  object: literal('chat.completion.chunk'),
  choices: z.array(
    openObject({
      index: NonNegativeInteger,
      delta: openObject({
        role: literal('assistant').optional(),
        content: NullishText,
        refusal: NullishText,
        reasoning_content: NullishText,
        reasoning: NullishText,
        tool_calls: z.array(ToolCallDeltaSchema).optional(),
      }),
      finish_reason: OpenAIFinishReasonSchema.nullable(),
      logprobs,
      mismatches: OptionalMismatches,
    }),
  ),
  usage: NullishUsage,
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunkSchema>;
