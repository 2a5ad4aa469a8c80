import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { listOf } from '../common/lists.js';
import { NonEmptyString, OptionalRecord } from '../common/primitives.js';
import { OptionalAnything, OptionalFlag, OptionalText, Text, literal } from '../common/shared.js';

/*
 * Blocks are open objects: clients send back `cache_control`, citations and
 * signatures that a local model has no use for.
 */
export const AnthropicTextBlockSchema = openObject({ type: literal('text'), text: Text });

const ImageBlock = openObject({ type: literal('image'), source: OptionalAnything });

/** Text as it is, or blocks of text and pictures. */
const BlockContent = z
  .union([Text, z.array(z.discriminatedUnion('type', [AnthropicTextBlockSchema, ImageBlock]))])
  .optional();

const DocumentBlock = openObject({
  type: literal('document'),
  source: openObject({
    /** `text`, `content`, `base64`, `url` or `file`. */
    type: Text,
    media_type: OptionalText,
    data: OptionalText,
    content: BlockContent,
  }),
  title: OptionalText,
  context: OptionalText,
});
const SearchResultBlock = openObject({
  type: literal('search_result'),
  source: Text,
  title: OptionalText,
  content: z.array(AnthropicTextBlockSchema),
});
const ToolUseBlock = openObject({
  type: literal('tool_use'),
  id: NonEmptyString,
  name: NonEmptyString,
  input: OptionalRecord,
});
const ThinkingBlock = openObject({
  type: literal('thinking'),
  thinking: Text,
  signature: OptionalText,
});
const RedactedThinkingBlock = openObject({ type: literal('redacted_thinking'), data: Text });

/** A block of what a tool gave back. */
export const AnthropicResultBlockSchema = z.discriminatedUnion('type', [
  AnthropicTextBlockSchema,
  ImageBlock,
  DocumentBlock,
  SearchResultBlock,
  openObject({ type: literal('tool_reference'), tool_name: NonEmptyString }),
]);
export type AnthropicResultBlock = z.infer<typeof AnthropicResultBlockSchema>;

/** A block of a request's message. */
export const AnthropicContentBlockSchema = z.discriminatedUnion('type', [
  AnthropicTextBlockSchema,
  ImageBlock,
  DocumentBlock,
  SearchResultBlock,
  ToolUseBlock,
  openObject({
    type: literal('tool_result'),
    tool_use_id: NonEmptyString,
    content: z.union([Text, z.array(AnthropicResultBlockSchema)]).optional(),
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
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([Text, listOf(AnthropicContentBlockSchema, 1024)]).optional(),
});
export type AnthropicMessageParam = z.infer<typeof AnthropicMessageParamSchema>;
