import * as z from 'zod';
import { NonEmptyString, UnknownRecord } from '../common/primitives.js';
import { OpenAIMessageSchema } from './messages.js';
import { extraSamplingParameters, samplingParameters } from './parameters.js';
import {
  OpenAIFunctionSchema,
  OpenAIResponseFormatSchema,
  OpenAIToolChoiceSchema,
  OpenAIToolSchema,
} from './tools.js';

/**
 * Body of `POST /v1/chat/completions`. Every parameter of OpenAI is known, so
 * that a server can tell one it does not honour from one that does not exist;
 * unknown keys are an error.
 */
export const ChatCompletionRequestSchema = z.strictObject({
  model: NonEmptyString,
  messages: z.array(OpenAIMessageSchema).min(1, 'Cannot be empty'),
  ...samplingParameters,
  ...extraSamplingParameters,
  audio: UnknownRecord.nullish(),
  function_call: z
    .union([z.enum(['none', 'auto']), z.looseObject({ name: NonEmptyString })])
    .nullish(),
  functions: z.array(OpenAIFunctionSchema).max(128).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  prediction: UnknownRecord.nullish(),
  prompt_cache_key: z.string().max(1024).nullish(),
  prompt_cache_retention: z.enum(['in_memory', 'in-memory', '24h']).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
  response_format: OpenAIResponseFormatSchema.nullish(),
  safety_identifier: z.string().max(1024).nullish(),
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority']).nullish(),
  store: z.boolean().nullish(),
  tool_choice: OpenAIToolChoiceSchema.nullish(),
  tools: z.array(OpenAIToolSchema).max(1024).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  web_search_options: UnknownRecord.nullish(),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequestSchema>;
