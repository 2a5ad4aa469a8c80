import * as z from 'zod';
import { NoTopLogprobs, TokenId, TokenIds } from '../common/primitives.js';
import { strictObject } from '../common/objects.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import { Off, Text } from '../common/shared.js';

/** A stochastic seed: any integer that a JSON number carries exactly. */
export const WireSeedSchema = integerBetween(0, Number.MAX_SAFE_INTEGER);

/** A token id; bounded so that it fits a signed 32-bit integer. */
export const WireTokenIdSchema = TokenId;

const temperature = numberBetween(0, 2);
const fraction = numberBetween(0, 1);
const topK = integerBetween(0, 1_000_000);
const repetitionPenalty = numberBetween(0.01, 100);

/** What a model's makers advise, for requests that name nothing else. */
export const WireSamplingDefaultsSchema = strictObject({
  temperature: temperature.optional(),
  topP: fraction.optional(),
  topK: topK.optional(),
  minP: fraction.optional(),
  repetitionPenalty: repetitionPenalty.optional(),
});

/**
 * How one row's next token is chosen and when the row ends. Every field is
 * honoured per row, whatever else is in the batch.
 */
export const WireSamplingSchema = strictObject({
  /** Most tokens to generate. */
  maxTokens: integerBetween(1, 1_000_000),
  /** 0 is greedy. */
  temperature: temperature.default(1),
  /** Nucleus: smallest set of most likely tokens whose mass reaches this; 1 is off. */
  topP: fraction.default(1),
  /** Keep this many most likely tokens; 0 is off. */
  topK: topK.default(0),
  /** Keep tokens at least this fraction as likely as the most likely; 0 is off. */
  minP: fraction.default(0),
  /** Subtracted once from the logit of every generated token (OpenAI). */
  presencePenalty: numberBetween(-2, 2).default(0),
  /** Subtracted per occurrence from the logit of every generated token (OpenAI). */
  frequencyPenalty: numberBetween(-2, 2).default(0),
  /** Divides positive and multiplies negative logits of seen tokens (CTRL); 1 is off. */
  repetitionPenalty: repetitionPenalty.default(1),
  /** Token id (as a decimal string) to the amount added to its logit. */
  logitBias: z.record(Text, numberBetween(-100, 100)).optional(),
  /** Draws depend on (seed, position) only; absent: the sidecar picks a random seed. */
  seed: WireSeedSchema.optional(),
  /** Text that ends the row; never emitted, not even in part. */
  stop: z.array(Text.min(1).max(1000)).max(64).default([]),
  /** Token ids that end the row, beside the model's own end-of-sequence ids. */
  stopTokenIds: TokenIds.max(1024).default([]),
  /** Keep generating past the model's end-of-sequence tokens. */
  ignoreEos: Off,
  /** Report the log-probability of each chosen token. */
  logprobs: Off,
  /** Also report this many most likely alternatives; needs `logprobs`. */
  topLogprobs: NoTopLogprobs,
});
export type WireSampling = z.infer<typeof WireSamplingSchema>;
/** Before defaults: only `maxTokens` is required. */
export type WireSamplingInput = z.input<typeof WireSamplingSchema>;
