import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { listOf } from '../common/lists.js';
import { NonEmptyString, NullishRecord, UnknownRecord } from '../common/primitives.js';
import {
  NullishFlag,
  NullableText,
  NullishText,
  OptionalText,
  Text,
  literal,
} from '../common/shared.js';

/*
 * Objects here are open: clients send back what other servers added to an
 * answer, and a chat template has no use for it.
 */
/** The newer API's names of the same among them. */
const TextPart = openObject({
  type: z.enum(['text', 'input_text', 'output_text']),
  text: Text,
  /** Ours. True: markers of the chat template in it are markers, not text. */
  allow_special_tokens: NullishFlag,
});

export const OpenAIContentPartSchema = z.discriminatedUnion('type', [
  TextPart,
  openObject({
    type: literal('image_url'),
    /** An address or a data URL; some clients send it without an object around it. */
    image_url: z.union([Text, openObject({ url: Text })]),
  }),
  /* No model here reads these; they are refused by name. */
  openObject({ type: literal('input_audio'), input_audio: UnknownRecord }),
  openObject({ type: literal('file'), file: UnknownRecord }),
  openObject({ type: literal('refusal'), refusal: Text }),
  /** What an earlier answer thought, as gateways write it. */
  openObject({ type: literal('thinking'), thinking: Text }),
  openObject({ type: literal('reasoning'), text: OptionalText }),
]);
export type OpenAIContentPart = z.infer<typeof OpenAIContentPartSchema>;

export const OpenAIToolCallSchema = openObject({
  id: NonEmptyString,
  type: literal('function').optional(),
  function: openObject({ name: NonEmptyString, arguments: Text }),
});
export type OpenAIToolCall = z.infer<typeof OpenAIToolCallSchema>;

/** A call of a tool that takes plain text. */
const CustomToolCallSchema = openObject({
  id: NonEmptyString,
  type: literal('custom'),
  custom: openObject({ name: NonEmptyString, input: Text }),
});
export const OpenAIToolCalls = z
  .array(z.discriminatedUnion('type', [OpenAIToolCallSchema, CustomToolCallSchema]))
  .optional();

const PartContent = z.union([Text, listOf(OpenAIContentPartSchema, 1024)]);
const NullishPartContent = PartContent.nullish();

/** One turn of the conversation, told apart by `role`. */
export const OpenAIMessageSchema = z.discriminatedUnion('role', [
  openObject({
    role: z.enum(['system', 'developer']),
    content: PartContent,
    name: OptionalText,
  }),
  openObject({ role: literal('user'), content: PartContent, name: OptionalText }),
  openObject({
    role: literal('assistant'),
    content: NullishPartContent,
    name: OptionalText,
    refusal: NullishText,
    /** What an earlier answer thought; under both names in use. */
    reasoning_content: NullishText,
    reasoning: NullishText,
    tool_calls: OpenAIToolCalls,
    /** The older form of `tool_calls`. */
    function_call: openObject({ name: Text, arguments: Text }).nullish(),
    audio: NullishRecord,
  }),
  openObject({ role: literal('tool'), content: NullishPartContent, tool_call_id: NonEmptyString }),
  openObject({ role: literal('function'), content: NullableText, name: NonEmptyString }),
]);
export type OpenAIMessage = z.infer<typeof OpenAIMessageSchema>;
