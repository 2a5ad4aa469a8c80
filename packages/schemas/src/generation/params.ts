import * as z from 'zod';
import {
  ClampedPenalty,
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  TokenId,
} from '../common/primitives.js';
import { ChatMessageSchema, ToolChoiceSchema, ToolDefinitionSchema } from './messages.js';
import { PromptSchema } from './prompt.js';
import { StructuredOutputConfigSchema, structuredOutputFault } from './structured.js';

const samplingShape = {
  /** Most tokens to generate. */
  maxTokens: z.int().min(1).max(100_000).optional(),
  temperature: ClampedTemperature.optional(),
  topP: ClampedTopP.optional(),
  /** Keep this many most likely tokens; 0 is off. */
  topK: z.int().min(0).max(1_000_000).optional(),
  /** Keep tokens at least this fraction as likely as the most likely; 0 is off. */
  minP: z.number().min(0).max(1).optional(),
  presencePenalty: ClampedPenalty.optional(),
  frequencyPenalty: ClampedPenalty.optional(),
  /** Divides positive and multiplies negative logits of seen tokens; 1 is off. */
  repetitionPenalty: NonNegativeNumber.optional(),
  /** Token id (as a decimal string) to the amount added to its logit. */
  logitBias: z
    .record(z.string().regex(/^\d{1,10}$/, 'Must be a token id'), z.number().min(-100).max(100))
    .optional(),
  /** The same seed and parameters give the same text. */
  seed: NonNegativeInteger.optional(),
  stopSequences: z.array(NonEmptyString.max(1000)).max(64).optional(),
  stopTokenIds: z.array(TokenId).max(1024).optional(),
  /** Report the log-probability of each token. */
  logprobs: z.boolean().optional(),
  /** Also report this many most likely alternatives. */
  topLogprobs: z.int().min(0).max(20).optional(),
};

/** What to generate and how; unknown keys are passed through. */
export const GeneratorParamsSchema = z
  .looseObject({
    model: NonEmptyString,
    prompt: PromptSchema.optional(),
    /** A conversation, instead of `prompt`. */
    messages: z.array(ChatMessageSchema).min(1, 'Cannot be empty').optional(),
    tools: z.array(ToolDefinitionSchema).max(1024).optional(),
    toolChoice: ToolChoiceSchema.optional(),
    ...samplingShape,
    /** How many answers; their chunks carry `index`. */
    n: z.int().min(1).max(128).optional(),
    /** Higher is served first. */
    priority: z.int().min(-100).max(100).optional(),
    streaming: z.boolean().optional(),
    structured: StructuredOutputConfigSchema.optional(),
    /** Images beside a text prompt: data URLs or local paths. */
    multimodal: z.looseObject({ images: z.array(NonEmptyString).max(64).optional() }).optional(),
    /** A loaded draft model to speculate with. */
    draftModel: NonEmptyString.optional(),
  })
  .check((context) => {
    const { prompt, messages } = context.value;
    if ((prompt === undefined) === (messages === undefined)) {
      context.issues.push({
        code: 'custom',
        path: ['prompt'],
        input: prompt,
        message: prompt
          ? 'prompt and messages cannot be combined'
          : 'Either prompt or messages is required',
      });
    }
  });
export type GeneratorParams = z.infer<typeof GeneratorParamsSchema>;

/** The same, and `structured` must be complete and consistent. */
export const GeneratorParamsWithStructuredSchema = GeneratorParamsSchema.check((context) => {
  const { structured } = context.value;
  const message = structured && structuredOutputFault(structured);
  if (message) {
    context.issues.push({ code: 'custom', path: ['structured'], input: structured, message });
  }
});
