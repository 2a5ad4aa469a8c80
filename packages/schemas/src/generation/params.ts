import type * as z from 'zod';
import { openObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf, nonEmptyListOf } from '../common/lists.js';
import { integerBetween } from '../common/ranges.js';
import {
  NonEmptyString,
  OptionalClampedPenalty,
  OptionalDraftChoice,
  OptionalNonEmptyString,
  OptionalNonNegativeInteger,
  OptionalNonNegativeNumber,
  OptionalPositiveInteger,
  OptionalRecord,
  OptionalTopLogprobs,
} from '../common/primitives.js';
import { OptionalFlag, OptionalText } from '../common/shared.js';
import { ChatMessageSchema, ToolChoiceSchema, ToolDefinitionSchema } from './messages.js';
import { PromptSchema } from './prompt.js';
import { ReasoningOptionsSchema } from './reasoning.js';
import {
  AnswerCount,
  LogitBiases,
  OptionalMinP,
  OptionalTemperature,
  OptionalTopK,
  OptionalTopP,
  Priority,
  StopSequences,
  StopTokenIds,
} from './sampling.js';
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
  temperature: OptionalTemperature,
  topP: OptionalTopP,
  /** Keep this many most likely tokens; 0 is off. */
  topK: OptionalTopK,
  /** Keep tokens at least this fraction as likely as the most likely; 0 is off. */
  minP: OptionalMinP,
  presencePenalty: OptionalClampedPenalty,
  frequencyPenalty: OptionalClampedPenalty,
  /** Divides positive and multiplies negative logits of seen tokens; 1 is off. Engines refuse what they cannot compute with. */
  repetitionPenalty: OptionalNonNegativeNumber,
  /** Token id (as a decimal string) to the amount added to its logit. */
  logitBias: LogitBiases.optional(),
  /** The same seed and parameters give the same text. */
  seed: OptionalNonNegativeInteger,
  stopSequences: StopSequences.optional(),
  stopTokenIds: StopTokenIds.optional(),
  /** Report the log-probability of each token. */
  logprobs: OptionalFlag,
  /** Also report this many most likely alternatives. */
  topLogprobs: OptionalTopLogprobs,
  /** How many answers; their chunks carry `index`. */
  n: AnswerCount.optional(),
  /** Higher is served first. */
  priority: Priority.optional(),
  streaming: OptionalFlag,
  structured: StructuredOutputConfigSchema.optional(),
  /** Images beside a text prompt: data URLs or local paths. */
  multimodal: openObject({ images: listOf(NonEmptyString, 64).optional() }).optional(),
  /** A loaded draft model to speculate with; false: none, also where one drafts by default. */
  draftModel: OptionalDraftChoice,
  /** A loaded adapter (LoRA) of the model to compute with; `model: 'model:adapter'` says the same. */
  adapter: OptionalNonEmptyString,
  /** Draft from the request's own text where that is faster; the answer is the same without. */
  promptLookup: OptionalFlag,
  /** What the answer will probably be like; it is drafted from, and changes nothing else. */
  prediction: OptionalText,
  /** Keep generating past the model's end-of-sequence tokens. */
  ignoreEos: OptionalFlag,
  /** Longest wait for a place in the batch, in milliseconds. */
  queueTimeoutMs: OptionalPositiveInteger,
  /** Add the tokenizer's special tokens to a text prompt. */
  addSpecialTokens: OptionalFlag,
  /** Extra variables for the chat template. */
  templateOptions: OptionalRecord,
  /** Go on where the last message, an assistant's, ends instead of beginning a new turn. */
  continueFinalMessage: OptionalFlag,
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
/** The parameters that are known; unknown ones are kept by the schema and refused by the engine. */
export type GeneratorParameter = keyof typeof GeneratorParamsObjectSchema.shape;

/** The same, and `structured` must be complete and consistent. */
export const GeneratorParamsWithStructuredSchema = GeneratorParamsSchema.check((context) => {
  const { structured } = context.value;
  const message = structured && structuredOutputFault(structured);
  if (message) {
    context.issues.push({ code: 'custom', path: ['structured'], input: structured, message });
  }
});
