import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf, nonEmptyListOf } from '../common/lists.js';
import { integerBetween } from '../common/ranges.js';
import { NullishFlag, NullishText, Text, literal } from '../common/shared.js';
import {
  NonEmptyString,
  NullishPositiveInteger,
  NullishRecord,
  NullishTopLogprobs,
} from '../common/primitives.js';
import { ReasoningEffortSchema } from '../generation/reasoning.js';
import { OpenAIMessageSchema } from './messages.js';
import { SamplingParametersSchema } from './parameters.js';
import {
  OpenAIFunctionSchema,
  OpenAIResponseFormatSchema,
  OpenAIToolChoiceSchema,
  OpenAIToolSchema,
} from './tools.js';

export const ReasoningEffort = ReasoningEffortSchema.nullish();

/**
 * Body of `POST /v1/chat/completions`. Every parameter of OpenAI is known, so
 * that a server can tell one it does not honour from one that does not exist;
 * unknown keys are an error.
 */
export const ChatCompletionRequestSchema = SamplingParametersSchema.extend({
  model: NonEmptyString,
  messages: nonEmptyListOf(OpenAIMessageSchema, MAX_MESSAGES),
  audio: NullishRecord,
  function_call: z
    .union([z.enum(['none', 'auto']), openObject({ name: NonEmptyString })])
    .nullish(),
  functions: listOf(OpenAIFunctionSchema, 128).nullish(),
  logprobs: NullishFlag,
  max_completion_tokens: NullishPositiveInteger,
  metadata: NullishRecord,
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  parallel_tool_calls: NullishFlag,
  /** What the answer will probably be like. */
  prediction: strictObject({
    type: literal('content'),
    content: z.union([Text, listOf(openObject({ type: literal('text'), text: Text }), 1024)]),
  }).nullish(),
  prompt_cache_key: NullishText,
  prompt_cache_retention: NullishText,
  reasoning_effort: ReasoningEffort,
  /* Beyond OpenAI: OpenRouter's object, and variables of the chat template as vLLM takes them. */
  reasoning: strictObject({
    effort: ReasoningEffort,
    /** Most tokens of thoughts. */
    max_tokens: integerBetween(0, 100_000).nullish(),
    enabled: NullishFlag,
  }).nullish(),
  chat_template_kwargs: NullishRecord,
  /** True: the last message is an answer that has been begun, and is gone on with. */
  continue_final_message: NullishFlag,
  response_format: OpenAIResponseFormatSchema.nullish(),
  safety_identifier: NullishText,
  service_tier: NullishText,
  store: NullishFlag,
  tool_choice: OpenAIToolChoiceSchema.nullish(),
  tools: listOf(OpenAIToolSchema, 1024).nullish(),
  top_logprobs: NullishTopLogprobs,
  verbosity: NullishText,
  web_search_options: NullishRecord,
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequestSchema>;
