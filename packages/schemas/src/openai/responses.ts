import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf, nonEmptyListOf } from '../common/lists.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NullishPositiveInteger,
  NullishRecord,
  NullishTopLogprobs,
} from '../common/primitives.js';
import {
  Anything,
  NullishFlag,
  NullishText,
  OptionalText,
  Text,
  TextList,
  literal,
} from '../common/shared.js';
import { Metadata, ReasoningEffort, ServiceTier, Verbosity } from './chat-request.js';
import { SamplingParametersSchema } from './parameters.js';
import { ResponseInputItemSchema, ResponseOutputItemSchema } from './response-items.js';
import { FunctionName, OpenAITextFormatSchema } from './tools.js';

const FunctionToolSchema = strictObject({
  type: literal('function'),
  name: FunctionName,
  description: NullishText,
  parameters: NullishRecord,
  strict: NullishFlag,
});

/**
 * Body of `POST /v1/responses`. Every parameter of OpenAI is known, so that a
 * server can tell one it does not honour from one that does not exist; unknown
 * keys are an error.
 */
export const ResponseRequestSchema = SamplingParametersSchema.pick({
  seed: true,
  stream: true,
  stream_options: true,
  temperature: true,
  top_p: true,
  user: true,
  top_k: true,
  min_p: true,
  repetition_penalty: true,
  stop_token_ids: true,
  priority: true,
}).extend({
  model: NonEmptyString,
  input: z.union([Text, nonEmptyListOf(ResponseInputItemSchema, MAX_MESSAGES)]),
  background: NullishFlag,
  conversation: z.union([Text, openObject({ id: Text })]).nullish(),
  include: TextList.nullish(),
  instructions: NullishText,
  max_output_tokens: NullishPositiveInteger,
  max_tool_calls: NullishPositiveInteger,
  metadata: Metadata,
  parallel_tool_calls: NullishFlag,
  previous_response_id: NullishText,
  prompt: NullishRecord,
  prompt_cache_key: NullishText,
  prompt_cache_retention: NullishText,
  reasoning: strictObject({
    effort: ReasoningEffort,
    summary: NullishText,
    generate_summary: NullishText,
  }).nullish(),
  safety_identifier: NullishText,
  service_tier: ServiceTier,
  store: NullishFlag,
  text: strictObject({ format: OpenAITextFormatSchema.optional(), verbosity: Verbosity }).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      strictObject({ type: literal('function'), name: NonEmptyString }),
    ])
    .nullish(),
  tools: listOf(FunctionToolSchema, 1024).nullish(),
  top_logprobs: NullishTopLogprobs,
  truncation: z.enum(['auto', 'disabled']).nullish(),
});
export type ResponseRequest = z.infer<typeof ResponseRequestSchema>;

export const ResponseUsageSchema = openObject({
  input_tokens: NonNegativeInteger,
  input_tokens_details: openObject({ cached_tokens: NonNegativeInteger }),
  output_tokens: NonNegativeInteger,
  output_tokens_details: openObject({ reasoning_tokens: NonNegativeInteger }),
  total_tokens: NonNegativeInteger,
});

export const ResponseSchema = openObject({
  id: Text,
  object: literal('response'),
  /** Seconds since the Unix epoch. */
  created_at: z.number().min(0),
  status: z.enum(['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete']),
  model: Text,
  output: z.array(ResponseOutputItemSchema),
  error: openObject({ code: Text, message: Text }).nullable(),
  incomplete_details: openObject({ reason: OptionalText }).nullable(),
  instructions: Anything,
  metadata: NullishRecord,
  usage: ResponseUsageSchema.nullish(),
});
export type OpenAIResponse = z.infer<typeof ResponseSchema>;

/** One server-sent event of a streamed response; `type` names it. */
export const ResponseStreamEventSchema = openObject({
  type: Text.regex(/^(?:response\.|error$|keepalive$)/, 'Must be the name of a response event'),
  sequence_number: NonNegativeInteger,
});
export type ResponseStreamEvent = z.infer<typeof ResponseStreamEventSchema>;
