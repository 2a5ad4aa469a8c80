import * as z from 'zod';
import { NonEmptyString } from '../common/primitives.js';

const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() });

const TextContent = z.union([z.string(), z.array(TextPart).min(1, 'Cannot be empty')]);

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
    input_audio: z.looseObject({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
  }),
  z.looseObject({
    type: z.literal('file'),
    file: z.looseObject({
      file_data: z.string().optional(),
      file_id: z.string().optional(),
      filename: z.string().optional(),
    }),
  }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
]);
export type OpenAIContentPart = z.infer<typeof OpenAIContentPartSchema>;

export const OpenAIToolCallSchema = z.looseObject({
  id: NonEmptyString,
  type: z.literal('function'),
  function: z.looseObject({ name: NonEmptyString, arguments: z.string() }),
});
export type OpenAIToolCall = z.infer<typeof OpenAIToolCallSchema>;

const name = z.string().max(256).optional();

/** One turn of the conversation, told apart by `role`. */
export const OpenAIMessageSchema = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content: TextContent, name }),
  z.looseObject({ role: z.literal('developer'), content: TextContent, name }),
  z.looseObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(OpenAIContentPartSchema).min(1, 'Cannot be empty')]),
    name,
  }),
  z.looseObject({
    role: z.literal('assistant'),
    content: z
      .union([z.string(), z.array(OpenAIContentPartSchema).min(1, 'Cannot be empty')])
      .nullish(),
    name,
    refusal: z.string().nullish(),
    tool_calls: z.array(OpenAIToolCallSchema).optional(),
    /** The older form of `tool_calls`. */
    function_call: z.looseObject({ name: z.string(), arguments: z.string() }).nullish(),
    audio: z.looseObject({ id: z.string() }).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content: TextContent, tool_call_id: NonEmptyString }),
  z.looseObject({
    role: z.literal('function'),
    content: z.string().nullable(),
    name: NonEmptyString,
  }),
]);
export type OpenAIMessage = z.infer<typeof OpenAIMessageSchema>;
