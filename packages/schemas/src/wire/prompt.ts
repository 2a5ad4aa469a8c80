import * as z from 'zod';
import {
  NonNegativeInteger,
  OptionalRecord,
  OptionalRecords,
  TokenIds,
} from '../common/primitives.js';
import { strictObject } from '../common/objects.js';
import { integerBetween } from '../common/ranges.js';
import { NullableText, Off, On, OptionalText, Text, literal } from '../common/shared.js';

const OptionalName = Text.max(256).optional();

/** One chat message as the model's chat template sees it. */
export const WireMessageSchema = strictObject({
  role: Text.min(1).max(64),
  content: NullableText,
  /**
   * Instead of `content`: its pieces, which are joined with nothing. The text of the chat
   * template's own markers stays text, except in a piece that allows special tokens. A piece
   * with an image has no text: the bytes of its file in base64, whatever the file's name. With
   * the detail `low` it takes fewer tokens than the model would spend on it.
   */
  parts: z
    .array(
      strictObject({
        text: Text,
        allowSpecialTokens: Off,
        image: OptionalText,
        detail: OptionalText,
      }),
    )
    .optional(),
  /** What an assistant turn thought before it spoke. */
  reasoning: OptionalText,
  name: OptionalName,
  toolCallId: OptionalName,
  /** Calls made by an assistant turn; `arguments` is JSON text. */
  toolCalls: z.array(strictObject({ id: Text, name: Text, arguments: Text })).optional(),
});
export type WireMessage = z.infer<typeof WireMessageSchema>;

/** What to continue: exactly one of raw text, token ids or a chat. */
export const WirePromptSchema = z.discriminatedUnion('type', [
  strictObject({
    type: literal('text'),
    text: Text,
    /** Add the tokenizer's special tokens, as it would for a document. */
    addSpecialTokens: On,
  }),
  strictObject({ type: literal('tokens'), tokens: TokenIds.min(1) }),
  strictObject({
    type: literal('chat'),
    messages: z.array(WireMessageSchema).min(1),
    /** Function definitions in OpenAI's shape. */
    tools: OptionalRecords,
    /** Extra variables for the chat template. */
    templateOptions: OptionalRecord,
    /** The answer goes on where the last turn ends, which is an assistant's. */
    continueFinalMessage: Off,
  }),
]);
export type WirePrompt = z.infer<typeof WirePromptSchema>;
export type WirePromptInput = z.input<typeof WirePromptSchema>;

/** The longest prompts have some hundred blocks. */
const MOST_BLOCKS = 1024;

/** The prompt's text cut into blocks. What each is called stands for all text up to its end. */
export const WirePromptBlocksSchema = strictObject({
  /** Not interpreted; what the prefix cache keeps is told in these names. */
  names: z.array(integerBetween(0, 4_294_967_295)).max(MOST_BLOCKS),
  /** Where each ends, in characters from the text's beginning, ascending. */
  ends: z.array(NonNegativeInteger).max(MOST_BLOCKS),
  /** Characters of the whole text. */
  length: NonNegativeInteger,
});
export type WirePromptBlocks = z.infer<typeof WirePromptBlocksSchema>;
