import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger } from '../common/primitives.js';
import {
  AnyNumber,
  Anything,
  Flag,
  NullableText,
  NullishText,
  Text,
  literal,
} from '../common/shared.js';
import { ResponseInputItemSchema } from './input-items.js';
import { ResponseOutputItemSchema } from './output-items.js';

export const ResponseUsageSchema = openObject({
  input_tokens: NonNegativeInteger,
  input_tokens_details: openObject({
    cached_tokens: NonNegativeInteger,
    cache_write_tokens: NonNegativeInteger,
  }),
  output_tokens: NonNegativeInteger,
  output_tokens_details: openObject({ reasoning_tokens: NonNegativeInteger }),
  total_tokens: NonNegativeInteger,
});
export type ResponseUsage = z.infer<typeof ResponseUsageSchema>;

export const ResponseStatusSchema = z.enum([
  'completed',
  'failed',
  'in_progress',
  'cancelled',
  'incomplete',
]);
export type ResponseStatus = z.infer<typeof ResponseStatusSchema>;

const NullableCount = NonNegativeInteger.nullable();

/** The whole of a response; what the request left open is told as it was decided. */
export const ResponseSchema = openObject({
  id: Text,
  object: literal('response'),
  /** Seconds since the Unix epoch. */
  created_at: AnyNumber.min(0),
  completed_at: AnyNumber.nullable(),
  status: ResponseStatusSchema,
  model: Text,
  output: z.array(ResponseOutputItemSchema),
  error: openObject({ code: Text, message: Text }).nullable(),
  incomplete_details: openObject({ reason: Text }).nullable(),
  usage: ResponseUsageSchema.nullable(),
  instructions: NullableText,
  previous_response_id: NullableText,
  max_output_tokens: NullableCount,
  max_tool_calls: NullableCount,
  temperature: AnyNumber,
  top_p: AnyNumber,
  top_logprobs: NonNegativeInteger,
  presence_penalty: AnyNumber,
  frequency_penalty: AnyNumber,
  parallel_tool_calls: Flag,
  tools: z.array(Anything),
  tool_choice: Anything,
  text: Anything,
  reasoning: Anything,
  truncation: Text,
  metadata: z.record(Text, Text),
  store: Flag,
  background: Flag,
  service_tier: Text,
  safety_identifier: NullableText,
  prompt_cache_key: NullableText,
  user: NullishText,
  mismatches: OptionalMismatches,
});
export type OpenAIResponse = z.infer<typeof ResponseSchema>;

/** Body of a deleted response's answer. */
export const ResponseDeletedSchema = openObject({
  id: Text,
  object: literal('response'),
  deleted: z.literal(true),
});

export const ResponseItemListSchema = openObject({
  object: literal('list'),
  data: z.array(z.union([ResponseInputItemSchema, ResponseOutputItemSchema])),
  first_id: NullableText,
  last_id: NullableText,
  has_more: Flag,
});

export const ResponseTokensSchema = openObject({
  object: literal('response.input_tokens'),
  input_tokens: NonNegativeInteger,
});
