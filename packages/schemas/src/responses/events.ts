import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger } from '../common/primitives.js';
import { Anythings, NullableText, Text, literal } from '../common/shared.js';
import { OutputTextSchema, ReasoningPartSchema } from './content.js';
import { ResponseOutputItemSchema } from './output-items.js';
import { ResponseSchema } from './response.js';

const sequence = { sequence_number: NonNegativeInteger };
const ofItem = { ...sequence, output_index: NonNegativeInteger, item_id: Text };
const ofPart = { ...ofItem, content_index: NonNegativeInteger };
const ofSummary = { ...ofItem, summary_index: NonNegativeInteger };
const part = z.union([OutputTextSchema, ReasoningPartSchema]);

/** One server-sent event of a streamed response; `type` is also its name. */
export const ResponseStreamEventSchema = z.discriminatedUnion('type', [
  openObject({
    ...sequence,
    type: z.enum([
      'response.created',
      'response.in_progress',
      'response.completed',
      'response.incomplete',
      'response.failed',
    ]),
    response: ResponseSchema,
  }),
  openObject({
    ...sequence,
    type: z.enum(['response.output_item.added', 'response.output_item.done']),
    output_index: NonNegativeInteger,
    item: ResponseOutputItemSchema,
  }),
  openObject({
    ...ofPart,
    type: z.enum(['response.content_part.added', 'response.content_part.done']),
    part,
  }),
  openObject({
    ...ofPart,
    type: literal('response.output_text.delta'),
    delta: Text,
    logprobs: Anythings,
  }),
  openObject({
    ...ofPart,
    type: literal('response.output_text.done'),
    text: Text,
    logprobs: Anythings,
  }),
  openObject({ ...ofPart, type: literal('response.reasoning_text.delta'), delta: Text }),
  openObject({ ...ofPart, type: literal('response.reasoning_text.done'), text: Text }),
  openObject({
    ...ofSummary,
    type: z.enum(['response.reasoning_summary_part.added', 'response.reasoning_summary_part.done']),
    part: ReasoningPartSchema,
  }),
  openObject({ ...ofSummary, type: literal('response.reasoning_summary_text.delta'), delta: Text }),
  openObject({ ...ofSummary, type: literal('response.reasoning_summary_text.done'), text: Text }),
  openObject({ ...ofItem, type: literal('response.function_call_arguments.delta'), delta: Text }),
  openObject({
    ...ofItem,
    type: literal('response.function_call_arguments.done'),
    name: Text,
    arguments: Text,
  }),
  openObject({ ...ofItem, type: literal('response.custom_tool_call_input.delta'), delta: Text }),
  openObject({ ...ofItem, type: literal('response.custom_tool_call_input.done'), input: Text }),
  openObject({
    ...sequence,
    type: literal('error'),
    code: NullableText,
    message: Text,
    param: NullableText,
  }),
]);
export type ResponseStreamEvent = z.infer<typeof ResponseStreamEventSchema>;
