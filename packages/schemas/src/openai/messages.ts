import * as z from 'zod';
import { NonEmptyString } from '../common/primitives.js';
import { NullishText, OptionalText, Text } from '../common/shared.js';

/*
 * Objects here are open: clients send back what other servers added to an
 * answer, and a chat template has no use for it.
 */
const TextPart = z.looseObject({ type: z.literal('text'), text: Text });

export const OpenAIContentPartSchema = z.discriminatedUnion('type', [
  TextPart,
  z.looseObject({
    type: z.literal('image_url'),
    image_url: z.looseObject({
      url: NonEmptyString,
      detail: z.enum(['auto', 'low', 'high']).optional(),
    }),
  }),
  z.looseObject({
    type: z.literal('input_audio'),
    input_audio: z.looseObject({ data: Text, format: z.enum(['wav', 'mp3']) }),
  }),
  z.looseObject({
    type: z.literal('file'),
    file: z.looseObject({ file_data: OptionalText, file_id: OptionalText, filename: OptionalText }),
  }),
  z.looseObject({ type: z.literal('refusal'), refusal: Text }),
]);
export type OpenAIContentPart = z.infer<typeof OpenAIContentPartSchema>;

export const OpenAIToolCallSchema = z.looseObject({
  id: NonEmptyString,
  type: z.literal('function'),
  function: z.looseObject({ name: NonEmptyString, arguments: Text }),
});
export type OpenAIToolCall = z.infer<typeof OpenAIToolCallSchema>;

const TextContent = z.union([Text, z.array(TextPart).min(1, 'Cannot be empty')]);
const PartContent = z.union([Text, z.array(OpenAIContentPartSchema).min(1, 'Cannot be empty')]);

/** One turn of the conversation, told apart by `role`. */
export const OpenAIMessageSchema = z.discriminatedUnion('role', [
  z.looseObject({
    role: z.enum(['system', 'developer']),
    content: TextContent,
    name: OptionalText,
  }),
  z.looseObject({ role: z.literal('user'), content: PartContent, name: OptionalText }),
  z.looseObject({
    role: z.literal('assistant'),
    content: PartContent.nullish(),
    name: OptionalText,
    refusal: NullishText,
    tool_calls: z.array(OpenAIToolCallSchema).optional(),
    /** The older form of `tool_calls`. */
    function_call: z.looseObject({ name: Text, arguments: Text }).nullish(),
    audio: z.looseObject({ id: Text }).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content: TextContent, tool_call_id: NonEmptyString }),
  z.looseObject({ role: z.literal('function'), content: Text.nullable(), name: NonEmptyString }),
]);
export type OpenAIMessage = z.infer<typeof OpenAIMessageSchema>;
