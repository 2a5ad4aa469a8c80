import * as z from 'zod';
import { OpenAIToolCallSchema } from './messages.js';

const Count = z.int().min(0);

export const OpenAIUsageSchema = z.looseObject({
  prompt_tokens: Count,
  completion_tokens: Count,
  total_tokens: Count,
  prompt_tokens_details: z.looseObject({ cached_tokens: Count.optional() }).optional(),
  completion_tokens_details: z
    .looseObject({
      reasoning_tokens: Count.optional(),
      accepted_prediction_tokens: Count.optional(),
      rejected_prediction_tokens: Count.optional(),
    })
    .optional(),
});
export type OpenAIUsage = z.infer<typeof OpenAIUsageSchema>;

const LogprobSchema = z.looseObject({
  token: z.string(),
  logprob: z.number(),
  /** UTF-8 bytes of the token. */
  bytes: z.array(z.int().min(0).max(255)).nullable(),
});

export const OpenAIChoiceLogprobsSchema = z.looseObject({
  content: z.array(LogprobSchema.extend({ top_logprobs: z.array(LogprobSchema) })).nullable(),
  refusal: z.array(z.unknown()).nullish(),
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

const envelope = {
  id: z.string(),
  /** Seconds since the Unix epoch. */
  created: Count,
  model: z.string(),
  system_fingerprint: z.string().nullish(),
  service_tier: z.string().nullish(),
};

export const ChatCompletionSchema = z.looseObject({
  ...envelope,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.looseObject({
      index: Count,
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        refusal: z.string().nullish(),
        /** The model's thinking, where its format sets it apart. */
        reasoning_content: z.string().nullish(),
        tool_calls: z.array(OpenAIToolCallSchema).optional(),
      }),
      finish_reason: OpenAIFinishReasonSchema,
      logprobs: OpenAIChoiceLogprobsSchema.nullish(),
    }),
  ),
  usage: OpenAIUsageSchema.optional(),
});
export type ChatCompletion = z.infer<typeof ChatCompletionSchema>;

/** One server-sent event of a streamed chat completion. */
export const ChatCompletionChunkSchema = z.looseObject({
  ...envelope,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.looseObject({
      index: Count,
      delta: z.looseObject({
        role: z.literal('assistant').optional(),
        content: z.string().nullish(),
        refusal: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        tool_calls: z
          .array(
            z.looseObject({
              index: Count,
              id: z.string().optional(),
              type: z.literal('function').optional(),
              function: z
                .looseObject({ name: z.string().optional(), arguments: z.string().optional() })
                .optional(),
            }),
          )
          .optional(),
      }),
      finish_reason: OpenAIFinishReasonSchema.nullable(),
      logprobs: OpenAIChoiceLogprobsSchema.nullish(),
    }),
  ),
  usage: OpenAIUsageSchema.nullish(),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunkSchema>;
