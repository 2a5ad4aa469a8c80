import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf, nonEmptyListOf } from '../common/lists.js';
import {
  NonEmptyString,
  NullishRecord,
  OptionalNonNegativeInteger,
  UnknownRecord,
  OptionalRecords,
  PositiveInteger,
} from '../common/primitives.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import {
  NullishText,
  OptionalAnything,
  OptionalFlag,
  OptionalText,
  Text,
  literal,
} from '../common/shared.js';
import { AnthropicMessageParamSchema, AnthropicTextBlockSchema } from './content.js';
import { AnthropicToolChoiceSchema, AnthropicToolSchema } from './tools.js';

const OptionalOutputFormat = strictObject({
  type: literal('json_schema'),
  schema: UnknownRecord,
}).optional();

/** Body of `POST /v1/messages/count_tokens`. */
export const AnthropicCountTokensRequestSchema = strictObject({
  model: NonEmptyString,
  messages: nonEmptyListOf(AnthropicMessageParamSchema, MAX_MESSAGES),
  system: z.union([Text, z.array(AnthropicTextBlockSchema)]).optional(),
  thinking: z
    .discriminatedUnion('type', [
      strictObject({
        type: literal('enabled'),
        budget_tokens: integerBetween(1024, Number.MAX_SAFE_INTEGER),
      }),
      strictObject({ type: z.enum(['disabled', 'adaptive', 'between_tools']) }),
    ])
    .optional(),
  tool_choice: AnthropicToolChoiceSchema.optional(),
  tools: listOf(AnthropicToolSchema, 1024).optional(),
  cache_control: OptionalAnything,
  mcp_servers: OptionalRecords,
  context_management: NullishRecord,
  output_config: strictObject({
    effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
    format: OptionalOutputFormat,
  }).optional(),
  /** The name that `output_config.format` had first. */
  output_format: OptionalOutputFormat,
});
export type AnthropicCountTokensRequest = z.infer<typeof AnthropicCountTokensRequestSchema>;

/**
 * Body of `POST /v1/messages`. Every parameter of Anthropic is known, so that
 * a server can tell one it does not honour from one that does not exist;
 * unknown keys are an error.
 */
export const AnthropicMessagesRequestSchema = AnthropicCountTokensRequestSchema.extend({
  max_tokens: PositiveInteger,
  container: OptionalAnything,
  metadata: strictObject({ user_id: NullishText }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  inference_geo: OptionalText,
  stop_sequences: listOf(NonEmptyString, 64).optional(),
  stream: OptionalFlag,
  temperature: numberBetween(0, 1).optional(),
  top_k: OptionalNonNegativeInteger,
  top_p: numberBetween(0, 1).optional(),
});
export type AnthropicMessagesRequest = z.infer<typeof AnthropicMessagesRequestSchema>;
