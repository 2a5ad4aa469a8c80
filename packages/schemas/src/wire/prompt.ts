import * as z from 'zod';
import { WireTokenIdSchema } from './sampling.js';

/** One chat message as the model's chat template sees it. */
export const WireMessageSchema = z.strictObject({
  role: z.string().min(1).max(64),
  content: z.string().nullable(),
  name: z.string().max(256).optional(),
  toolCallId: z.string().max(256).optional(),
  /** Calls made by an assistant turn; `arguments` is JSON text. */
  toolCalls: z
    .array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() }))
    .optional(),
});
export type WireMessage = z.infer<typeof WireMessageSchema>;

/** What to continue: exactly one of raw text, token ids or a chat. */
export const WirePromptSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('text'),
    text: z.string(),
    /** Add the tokenizer's special tokens, as it would for a document. */
    addSpecialTokens: z.boolean().default(true),
  }),
  z.strictObject({ type: z.literal('tokens'), tokens: z.array(WireTokenIdSchema).min(1) }),
  z.strictObject({
    type: z.literal('chat'),
    messages: z.array(WireMessageSchema).min(1),
    /** Function definitions in OpenAI's shape, handed to the chat template as they are. */
    tools: z.array(z.record(z.string(), z.unknown())).optional(),
    /** Extra variables for the chat template. */
    templateOptions: z.record(z.string(), z.unknown()).optional(),
  }),
]);
export type WirePrompt = z.infer<typeof WirePromptSchema>;
export type WirePromptInput = z.input<typeof WirePromptSchema>;
