import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NonEmptyString } from '../common/primitives.js';
import { Anythings, NullishText, OptionalText, Text, literal } from '../common/shared.js';
import { ImageDetail } from './messages.js';

const MessagePartSchema = z.discriminatedUnion('type', [
  openObject({ type: z.enum(['input_text', 'output_text']), text: Text }),
  openObject({
    type: literal('input_image'),
    image_url: NullishText,
    file_id: NullishText,
    detail: ImageDetail,
  }),
  openObject({ type: literal('input_file') }),
  openObject({ type: literal('refusal'), refusal: Text }),
]);

const FunctionCallItem = openObject({
  type: literal('function_call'),
  id: OptionalText,
  call_id: NonEmptyString,
  name: NonEmptyString,
  arguments: Text,
  status: OptionalText,
});

const ReasoningItem = openObject({
  type: literal('reasoning'),
  id: OptionalText,
  summary: z.array(openObject({ type: Text, text: Text })),
  content: z.array(openObject({ type: Text, text: Text })).optional(),
});

/** One element of `input`: a turn of the conversation, a call, or a call's result. */
export const ResponseInputItemSchema = z.union([
  openObject({
    type: literal('message').optional(),
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: z.union([Text, z.array(MessagePartSchema)]),
  }),
  FunctionCallItem,
  openObject({
    type: literal('function_call_output'),
    call_id: NonEmptyString,
    output: z.union([Text, z.array(MessagePartSchema)]),
  }),
  ReasoningItem,
]);
export type ResponseInputItem = z.infer<typeof ResponseInputItemSchema>;

/** One element of `output`. */
export const ResponseOutputItemSchema = z.discriminatedUnion('type', [
  openObject({
    type: literal('message'),
    id: Text,
    role: literal('assistant'),
    status: Text,
    content: z.array(
      z.discriminatedUnion('type', [
        openObject({
          type: literal('output_text'),
          text: Text,
          annotations: Anythings,
          logprobs: Anythings.optional(),
        }),
        openObject({ type: literal('refusal'), refusal: Text }),
      ]),
    ),
  }),
  FunctionCallItem,
  ReasoningItem,
]);
export type ResponseOutputItem = z.infer<typeof ResponseOutputItemSchema>;
