import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NonEmptyString } from '../common/primitives.js';
import { NullishText, Text, literal } from '../common/shared.js';
import { ReasoningPartSchema, ResponseContentPartSchema } from './content.js';

/** Items that this server cannot take part in, known so that they are refused by name. */
export const ForeignItemType = z.enum([
  'additional_tools',
  'apply_patch_call',
  'apply_patch_call_output',
  'code_interpreter_call',
  'compaction',
  'compaction_trigger',
  'computer_call',
  'computer_call_output',
  'configuration_update',
  'image_generation_call',
  'local_shell_call',
  'local_shell_call_output',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'program',
  'program_output',
  'shell_call',
  'shell_call_output',
  'tool_search_call',
  'tool_search_output',
]);

/** What a hosted tool left in the conversation and a model without that tool has no use for. */
export const HostedItemType = z.enum(['file_search_call', 'mcp_list_tools', 'web_search_call']);

const Content = z.union([Text, z.array(ResponseContentPartSchema)]);
const Call = { id: NullishText, call_id: NonEmptyString, status: NullishText };

export const MessageItemSchema = openObject({
  type: literal('message').optional(),
  id: NullishText,
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: Content,
  status: NullishText,
  phase: NullishText,
});
export type MessageItem = z.infer<typeof MessageItemSchema>;

export const FunctionCallItemSchema = openObject({
  ...Call,
  type: literal('function_call'),
  name: NonEmptyString,
  namespace: NullishText,
  /** JSON text, as the model wrote it. */
  arguments: Text,
});
export type FunctionCallItem = z.infer<typeof FunctionCallItemSchema>;

export const CustomToolCallItemSchema = openObject({
  ...Call,
  type: literal('custom_tool_call'),
  name: NonEmptyString,
  namespace: NullishText,
  /** Plain text. */
  input: Text,
});
export type CustomToolCallItem = z.infer<typeof CustomToolCallItemSchema>;

export const CallOutputItemSchema = openObject({
  ...Call,
  type: z.enum(['function_call_output', 'custom_tool_call_output']),
  output: Content,
});
export type CallOutputItem = z.infer<typeof CallOutputItemSchema>;

export const ReasoningItemSchema = openObject({
  type: literal('reasoning'),
  id: NullishText,
  summary: z.array(ReasoningPartSchema),
  content: z.array(ReasoningPartSchema).nullish(),
  /** What a server gave so that it can be sent back; nothing else reads it. */
  encrypted_content: NullishText,
  status: NullishText,
});
export type ReasoningItem = z.infer<typeof ReasoningItemSchema>;

/** One element of `input`: a turn of the conversation, a call, or a call's result. */
export const ResponseInputItemSchema = z.discriminatedUnion('type', [
  MessageItemSchema,
  FunctionCallItemSchema,
  CustomToolCallItemSchema,
  CallOutputItemSchema,
  ReasoningItemSchema,
  openObject({ type: literal('item_reference'), id: NonEmptyString }),
  openObject({ type: HostedItemType }),
  openObject({ type: ForeignItemType }),
]);
export type ResponseInputItem = z.infer<typeof ResponseInputItemSchema>;
