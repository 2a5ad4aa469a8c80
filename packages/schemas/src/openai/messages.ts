import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { nonEmptyListOf } from '../common/lists.js';
import { NonEmptyString } from '../common/primitives.js';
import { NullableText, NullishText, OptionalText, Text, literal } from '../common/shared.js';

/*
 * Objects here are open: clients send back what other servers added to an
 * answer, and a chat template has no use for it.
 */
const TextPart = openObject({ type: literal('text'), text: Text });

/** How closely an image is looked at. */
export const ImageDetail = z.enum(['auto', 'low', 'high']).optional();

export const OpenAIContentPartSchema = z.discriminatedUnion('type', [
  TextPart,
  openObject({
    type: literal('image_url'),
    image_url: openObject({
      url: NonEmptyString,
      detail: ImageDetail,
    }),
  }),
  openObject({
    type: literal('input_audio'),
    input_audio: openObject({ data: Text, format: z.enum(['wav', 'mp3']) }),
  }),
  openObject({
    type: literal('file'),
    file: openObject({ file_data: OptionalText, file_id: OptionalText, filename: OptionalText }),
  }),
  openObject({ type: literal('refusal'), refusal: Text }),
]);
export type OpenAIContentPart = z.infer<typeof OpenAIContentPartSchema>;

export const OpenAIToolCallSchema = openObject({
  id: NonEmptyString,
  type: literal('function'),
  function: openObject({ name: NonEmptyString, arguments: Text }),
});
export type OpenAIToolCall = z.infer<typeof OpenAIToolCallSchema>;
export const OpenAIToolCalls = z.array(OpenAIToolCallSchema).optional();

const TextContent = z.union([Text, nonEmptyListOf(TextPart, 1024)]);
const PartContent = z.union([Text, nonEmptyListOf(OpenAIContentPartSchema, 1024)]);

/** One turn of the conversation, told apart by `role`. */
export const OpenAIMessageSchema = z.discriminatedUnion('role', [
  openObject({
    role: z.enum(['system', 'developer']),
    content: TextContent,
    name: OptionalText,
  }),
  openObject({ role: literal('user'), content: PartContent, name: OptionalText }),
  openObject({
    role: literal('assistant'),
    content: PartContent.nullish(),
    name: OptionalText,
    refusal: NullishText,
    /** What an earlier answer thought; under both names in use. */
    reasoning_content: NullishText,
    reasoning: NullishText,
    tool_calls: OpenAIToolCalls,
    /** The older form of `tool_calls`. */
    function_call: openObject({ name: Text, arguments: Text }).nullish(),
    audio: openObject({ id: Text }).nullish(),
  }),
  openObject({ role: literal('tool'), content: TextContent, tool_call_id: NonEmptyString }),
  openObject({ role: literal('function'), content: NullableText, name: NonEmptyString }),
]);
export type OpenAIMessage = z.infer<typeof OpenAIMessageSchema>;
