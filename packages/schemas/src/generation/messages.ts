import * as z from 'zod';
import { FunctionName, NonEmptyString, OptionalRecord } from '../common/primitives.js';
import { OptionalFlag, OptionalText, Text, literal } from '../common/shared.js';

/** A call that the model made; `arguments` is JSON text, as the model wrote it. */
export const ToolCallSchema = z.object({
  id: NonEmptyString,
  name: NonEmptyString,
  arguments: Text,
});
export type ToolCall = z.infer<typeof ToolCallSchema>;

export const ContentPartSchema = z.discriminatedUnion('type', [
  z.object({
    type: literal('text'),
    text: Text,
    /** True: markers of the chat template in it are markers, not text. */
    allowSpecialTokens: OptionalFlag,
  }),
  /** A data URL or a local path; nothing is fetched from a network. */
  z.object({ type: literal('image'), image: NonEmptyString, detail: OptionalText }),
]);
export type ContentPart = z.infer<typeof ContentPartSchema>;

export const ChatRoleSchema = z.enum(['system', 'developer', 'user', 'assistant', 'tool']);
export type ChatRole = z.infer<typeof ChatRoleSchema>;

const MessageName = NonEmptyString.max(256).optional();

/** One turn of a conversation. */
export const ChatMessageSchema = z.object({
  role: ChatRoleSchema,
  /** Null only for an assistant turn that consists of tool calls. */
  content: z.union([Text, z.array(ContentPartSchema)]).nullable(),
  /** What an assistant turn thought; chat templates that want to know get it. */
  reasoning: OptionalText,
  name: MessageName,
  /** Which call a `tool` turn answers. */
  toolCallId: MessageName,
  toolCalls: z.array(ToolCallSchema).optional(),
});
export type ChatMessage = z.infer<typeof ChatMessageSchema>;

/** A function the model may call; `parameters` is a JSON Schema of its arguments. */
export const ToolDefinitionSchema = z.object({
  name: FunctionName,
  description: OptionalText,
  parameters: OptionalRecord,
  /** Hold the arguments to the schema while they are generated. */
  strict: OptionalFlag,
});
export type ToolDefinition = z.infer<typeof ToolDefinitionSchema>;

export const ToolChoiceSchema = z.union([
  z.enum(['auto', 'none', 'required']),
  z.object({ name: NonEmptyString }),
]);
export type ToolChoice = z.infer<typeof ToolChoiceSchema>;
