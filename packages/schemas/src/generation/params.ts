import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf, nonEmptyListOf } from '../common/lists.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import {
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  OptionalClampedPenalty,
  OptionalDraftChoice,
  OptionalNonNegativeInteger,
  OptionalNonNegativeNumber,
  OptionalTopLogprobs,
  TokenId,
} from '../common/primitives.js';
import { OptionalFlag, Text } from '../common/shared.js';
import { ChatMessageSchema, ToolChoiceSchema, ToolDefinitionSchema } from './messages.js';
import { PromptSchema } from './prompt.js';
import { ReasoningOptionsSchema } from './reasoning.js';
import { StructuredOutputConfigSchema, structuredOutputFault } from './structured.js';

/** The fields alone, without the rule that spans them: to pick from and to extend. */
export const GeneratorParamsObjectSchema = openObject({
  model: NonEmptyString,
  prompt: PromptSchema.optional(),
  /** A conversation, instead of `prompt`. */
  messages: nonEmptyListOf(ChatMessageSchema, MAX_MESSAGES).optional(),
  tools: listOf(ToolDefinitionSchema, 1024).optional(),
  toolChoice: ToolChoiceSchema.optional(),
  /**
   * False: at most one tool call; true: any number. Left out, a required call is made once and
   * calls that the model is free to make may be several.
   */
  parallelToolCalls: OptionalFlag,
  reasoning: ReasoningOptionsSchema.optional(),
  /** Most tokens to generate. */
  maxTokens: integerBetween(1, 100_000).optional(),
  temperature: ClampedTemperature.optional(),
  topP: ClampedTopP.optional(),
  /** Keep this many most likely tokens; 0 is off. */
  topK: integerBetween(0, 1_000_000).optional(),
  /** Keep tokens at least this fraction as likely as the most likely; 0 is off. */
  minP: numberBetween(0, 1).optional(),
  presencePenalty: OptionalClampedPenalty,
  frequencyPenalty: OptionalClampedPenalty,
  /** Divides positive and multiplies negative logits of seen tokens; 1 is off. */
  repetitionPenalty: OptionalNonNegativeNumber,
  /** Token id (as a decimal string) to the amount added to its logit. */
  logitBias: z
    .record(Text.regex(/^\d{1,10}$/, 'Must be a token id'), numberBetween(-100, 100))
    .optional(),
  /** The same seed and parameters give the same text. */
  seed: OptionalNonNegativeInteger,
  stopSequences: listOf(NonEmptyString.max(1000), 64).optional(),
  stopTokenIds: listOf(TokenId, 1024).optional(),
  /** Report the log-probability of each token. */
  logprobs: OptionalFlag,
  /** Also report this many most likely alternatives. */
  topLogprobs: OptionalTopLogprobs,
  /** How many answers; their chunks carry `index`. */
  n: integerBetween(1, 128).optional(),
  /** Higher is served first. */
  priority: integerBetween(-100, 100).optional(),
  streaming: OptionalFlag,
  structured: StructuredOutputConfigSchema.optional(),
  /** Images beside a text prompt: data URLs or local paths. */
  multimodal: openObject({ images: listOf(NonEmptyString, 64).optional() }).optional(),
  /** A loaded draft model to speculate with; false: none, also where one drafts by default. */
  draftModel: OptionalDraftChoice,
});

/** What to generate and how; unknown keys are passed through. */
export const GeneratorParamsSchema = GeneratorParamsObjectSchema.check((context) => {
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
