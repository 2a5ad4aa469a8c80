import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { Anything, On, OptionalText, Text } from '../common/shared.js';
import { WireTokenIdSchema } from './sampling.js';

/** One chat message as the model's chat template sees it. */
export const WireMessageSchema = strictObject({
  role: Text.min(1).max(64),
  content: Text.nullable(),
  /** What an assistant turn thought before it spoke. */
  reasoning: OptionalText,
  name: Text.max(256).optional(),
  toolCallId: Text.max(256).optional(),
  /** Calls made by an assistant turn; `arguments` is JSON text. */
  toolCalls: z.array(strictObject({ id: Text, name: Text, arguments: Text })).optional(),
});
export type WireMessage = z.infer<typeof WireMessageSchema>;

/** What to continue: exactly one of raw text, token ids or a chat. */
export const WirePromptSchema = z.discriminatedUnion('type', [
  strictObject({
    type: z.literal('text'),
    text: Text,
    /** Add the tokenizer's special tokens, as it would for a document. */
    addSpecialTokens: On,
  }),
  strictObject({ type: z.literal('tokens'), tokens: z.array(WireTokenIdSchema).min(1) }),
  strictObject({
    type: z.literal('chat'),
    messages: z.array(WireMessageSchema).min(1),
    /** Function definitions in OpenAI's shape. */
    tools: z.array(z.record(Text, Anything)).optional(),
    /** Extra variables for the chat template. */
    templateOptions: z.record(Text, Anything).optional(),
  }),
]);
export type WirePrompt = z.infer<typeof WirePromptSchema>;
export type WirePromptInput = z.input<typeof WirePromptSchema>;
