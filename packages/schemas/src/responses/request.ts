import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf } from '../common/lists.js';
import {
  NonEmptyString,
  NullishPositiveInteger,
  NullishRecord,
  NullishTopLogprobs,
} from '../common/primitives.js';
import { NullishFlag, NullishText, OptionalAnything, Text } from '../common/shared.js';
import { ReasoningEffort } from '../openai/chat-request.js';
import { SamplingParametersSchema } from '../openai/parameters.js';
import { OpenAITextFormatSchema } from '../openai/tools.js';
import { Include } from './content.js';
import { ResponseInputItemSchema } from './input-items.js';
import { ResponseToolChoiceSchema, ResponseToolSchema } from './tools.js';

/** What requests and the counting of their tokens share. */
const conversation = {
  model: NonEmptyString,
  /** Text is one turn of the user. */
  input: z.union([Text, listOf(ResponseInputItemSchema, MAX_MESSAGES)]).nullish(),
  instructions: NullishText,
  previous_response_id: NullishText,
  conversation: z.union([Text, openObject({ id: Text })]).nullish(),
  parallel_tool_calls: NullishFlag,
  reasoning: strictObject({
    effort: ReasoningEffort,
    summary: NullishText,
    generate_summary: NullishText,
  }).nullish(),
  text: strictObject({
    format: OpenAITextFormatSchema.nullish(),
    verbosity: NullishText,
  }).nullish(),
  tool_choice: ResponseToolChoiceSchema.nullish(),
  tools: listOf(ResponseToolSchema, 1024).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
};

/** Body of `POST /v1/responses`; `mlx-ignored` names what has no effect here. */
export const ResponseRequestSchema = strictObject({
  ...SamplingParametersSchema.omit({ max_tokens: true, n: true }).shape,
  ...conversation,
  background: NullishFlag,
  context_management: OptionalAnything,
  include: Include,
  max_output_tokens: NullishPositiveInteger,
  max_tool_calls: NullishPositiveInteger,
  metadata: z.record(Text, Text).nullish(),
  prompt: NullishRecord,
  prompt_cache_key: NullishText,
  prompt_cache_retention: NullishText,
  safety_identifier: NullishText,
  service_tier: NullishText,
  store: NullishFlag,
  top_logprobs: NullishTopLogprobs,
});
export type ResponseRequest = z.infer<typeof ResponseRequestSchema>;

/** Body of `POST /v1/responses/input_tokens`. */
export const ResponseTokensRequestSchema = strictObject(conversation);
export type ResponseTokensRequest = z.infer<typeof ResponseTokensRequestSchema>;
