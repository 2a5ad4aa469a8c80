import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { OptionalText, Text, literal } from '../common/shared.js';
import { OutputTextSchema, ReasoningPartSchema } from './content.js';

export const ItemStatusSchema = z.enum(['in_progress', 'completed', 'incomplete']);
export type ItemStatus = z.infer<typeof ItemStatusSchema>;

const Item = { id: Text, status: ItemStatusSchema };

export const OutputMessageSchema = openObject({
  ...Item,
  type: literal('message'),
  role: literal('assistant'),
  content: z.array(
    z.discriminatedUnion('type', [
      OutputTextSchema,
      openObject({ type: literal('refusal'), refusal: Text }),
    ]),
  ),
});
export type OutputMessage = z.infer<typeof OutputMessageSchema>;

export const OutputReasoningSchema = openObject({
  ...Item,
  type: literal('reasoning'),
  /** The thoughts, where the request asked for `reasoning.summary`. */
  summary: z.array(ReasoningPartSchema),
  /** The thoughts otherwise. */
  content: z.array(ReasoningPartSchema).optional(),
  encrypted_content: OptionalText,
});
export type OutputReasoning = z.infer<typeof OutputReasoningSchema>;

export const OutputFunctionCallSchema = openObject({
  ...Item,
  type: literal('function_call'),
  call_id: Text,
  name: Text,
  namespace: OptionalText,
  arguments: Text,
});
export type OutputFunctionCall = z.infer<typeof OutputFunctionCallSchema>;

export const OutputCustomToolCallSchema = openObject({
  ...Item,
  type: literal('custom_tool_call'),
  call_id: Text,
  name: Text,
  namespace: OptionalText,
  input: Text,
});
export type OutputCustomToolCall = z.infer<typeof OutputCustomToolCallSchema>;

/** One element of `output`. */
export const ResponseOutputItemSchema = z.discriminatedUnion('type', [
  OutputMessageSchema,
  OutputReasoningSchema,
  OutputFunctionCallSchema,
  OutputCustomToolCallSchema,
]);
export type ResponseOutputItem = z.infer<typeof ResponseOutputItemSchema>;
