import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { nonEmptyListOf } from '../common/lists.js';
import { NonEmptyString, UnknownRecord } from '../common/primitives.js';
import { OptionalAnything, OptionalFlag, OptionalText, Text, literal } from '../common/shared.js';

/*
 * Blocks are open objects: clients send back `cache_control`, citations and
 * signatures that a local model has no use for.
 */
export const AnthropicTextBlockSchema = openObject({ type: literal('text'), text: Text });

const SourceSchema = z.discriminatedUnion('type', [
  openObject({ type: literal('base64'), media_type: Text, data: Text }),
  openObject({ type: literal('url'), url: Text }),
  openObject({ type: literal('text'), media_type: Text, data: Text }),
  openObject({ type: literal('file'), file_id: Text }),
]);

const ImageBlock = openObject({ type: literal('image'), source: SourceSchema });
const DocumentBlock = openObject({
  type: literal('document'),
  source: SourceSchema,
  title: OptionalText,
});
const ToolUseBlock = openObject({
  type: literal('tool_use'),
  id: NonEmptyString,
  name: NonEmptyString,
  input: UnknownRecord,
});
const ThinkingBlock = openObject({
  type: literal('thinking'),
  thinking: Text,
  signature: OptionalText,
});
const RedactedThinkingBlock = openObject({ type: literal('redacted_thinking'), data: Text });

/** A block of a request's message. */
export const AnthropicContentBlockSchema = z.discriminatedUnion('type', [
  AnthropicTextBlockSchema,
  ImageBlock,
  DocumentBlock,
  ToolUseBlock,
  openObject({
    type: literal('tool_result'),
    tool_use_id: NonEmptyString,
    content: z
      .union([
        Text,
        z.array(
          z.discriminatedUnion('type', [AnthropicTextBlockSchema, ImageBlock, DocumentBlock]),
        ),
      ])
      .optional(),
    is_error: OptionalFlag,
  }),
  ThinkingBlock,
  RedactedThinkingBlock,
]);
export type AnthropicContentBlock = z.infer<typeof AnthropicContentBlockSchema>;

/** A block of an answer. */
export const AnthropicOutputBlockSchema = z.discriminatedUnion('type', [
  AnthropicTextBlockSchema,
  ToolUseBlock,
  ThinkingBlock,
  RedactedThinkingBlock,
]);
export type AnthropicOutputBlock = z.infer<typeof AnthropicOutputBlockSchema>;

export const AnthropicMessageParamSchema = openObject({
  role: z.enum(['user', 'assistant']),
  content: z.union([Text, nonEmptyListOf(AnthropicContentBlockSchema, 1024)]),
});
export type AnthropicMessageParam = z.infer<typeof AnthropicMessageParamSchema>;

export const AnthropicToolSchema = strictObject({
  type: literal('custom').nullish(),
  name: Text.regex(
    /^[a-zA-Z0-9_-]{1,128}$/,
    'Must be 1 to 128 letters, digits, underscores or hyphens',
  ),
  description: OptionalText,
  /** JSON Schema of the input. */
  input_schema: UnknownRecord,
  strict: OptionalFlag,
  cache_control: OptionalAnything,
});
export type AnthropicTool = z.infer<typeof AnthropicToolSchema>;

const disable_parallel_tool_use = OptionalFlag;

export const AnthropicToolChoiceSchema = z.discriminatedUnion('type', [
  strictObject({ type: z.enum(['auto', 'any']), disable_parallel_tool_use }),
  strictObject({ type: literal('tool'), name: NonEmptyString, disable_parallel_tool_use }),
  strictObject({ type: literal('none') }),
]);
export type AnthropicToolChoice = z.infer<typeof AnthropicToolChoiceSchema>;
