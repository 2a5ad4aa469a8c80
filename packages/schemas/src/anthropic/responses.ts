import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger, NullishNonNegativeInteger } from '../common/primitives.js';
import { NullableText, NullishText, Text, literal } from '../common/shared.js';
import { AnthropicOutputBlockSchema } from './content.js';
import { AnthropicErrorSchema } from './errors.js';

export const AnthropicUsageSchema = openObject({
  input_tokens: NonNegativeInteger,
  output_tokens: NonNegativeInteger,
  cache_read_input_tokens: NullishNonNegativeInteger,
  cache_creation_input_tokens: NullishNonNegativeInteger,
});
export type AnthropicUsage = z.infer<typeof AnthropicUsageSchema>;

const StopReason = z
  .enum([
    'end_turn',
    'max_tokens',
    'stop_sequence',
    'tool_use',
    'pause_turn',
    'refusal',
    'model_context_window_exceeded',
  ])
  .nullable();

export const AnthropicMessageSchema = openObject({
  id: Text,
  type: literal('message'),
  role: literal('assistant'),
  model: Text,
  content: z.array(AnthropicOutputBlockSchema),
  /** Null while a stream goes on. */
  stop_reason: StopReason,
  /** The stop text that ended the answer, when one did. */
  stop_sequence: NullableText,
  usage: AnthropicUsageSchema,
  mismatches: OptionalMismatches,
});
export type AnthropicMessage = z.infer<typeof AnthropicMessageSchema>;

export const AnthropicTokenCountSchema = openObject({ input_tokens: NonNegativeInteger });
export type AnthropicTokenCount = z.infer<typeof AnthropicTokenCountSchema>;

/** One server-sent event of a streamed message; its SSE name is its `type`. */
export const AnthropicStreamEventSchema = z.discriminatedUnion('type', [
  openObject({ type: literal('message_start'), message: AnthropicMessageSchema }),
  openObject({
    type: literal('content_block_start'),
    index: NonNegativeInteger,
    content_block: AnthropicOutputBlockSchema,
  }),
  openObject({
    type: literal('content_block_delta'),
    index: NonNegativeInteger,
    delta: z.discriminatedUnion('type', [
      openObject({ type: literal('text_delta'), text: Text }),
      openObject({ type: literal('input_json_delta'), partial_json: Text }),
      openObject({ type: literal('thinking_delta'), thinking: Text }),
      openObject({ type: literal('signature_delta'), signature: Text }),
    ]),
  }),
  openObject({ type: literal('content_block_stop'), index: NonNegativeInteger }),
  openObject({
    type: literal('message_delta'),
    delta: openObject({ stop_reason: StopReason, stop_sequence: NullishText }),
    usage: openObject({ output_tokens: NonNegativeInteger }),
    mismatches: OptionalMismatches,
  }),
  openObject({ type: z.enum(['message_stop', 'ping']) }),
  AnthropicErrorSchema,
]);
export type AnthropicStreamEvent = z.infer<typeof AnthropicStreamEventSchema>;
