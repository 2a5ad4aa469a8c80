import * as z from 'zod';
import {
  NoTopLogprobs,
  TokenId,
  ClampedPenalty,
  ClampedTemperature,
  ClampedTopP,
} from '../common/primitives.js';
import { strictObject } from '../common/objects.js';
import { integerBetween } from '../common/ranges.js';
import { Off, Text } from '../common/shared.js';
import {
  LogitBias,
  MinP,
  OptionalMinP,
  OptionalTemperature,
  OptionalTopK,
  OptionalTopP,
  RepetitionPenalty,
  StopSequences,
  StopTokenIds,
  TopK,
} from '../generation/sampling.js';

/** A stochastic seed: any integer that a JSON number carries exactly. */
export const WireSeedSchema = integerBetween(0, Number.MAX_SAFE_INTEGER);

/** A token id; bounded so that it fits a signed 32-bit integer. */
export const WireTokenIdSchema = TokenId;

/** What a model's makers advise, for requests that name nothing else. */
export const WireSamplingDefaultsSchema = strictObject({
  temperature: OptionalTemperature,
  topP: OptionalTopP,
  topK: OptionalTopK,
  minP: OptionalMinP,
  repetitionPenalty: RepetitionPenalty.optional(),
});

/**
 * How one row's next token is chosen and when the row ends. Every field is
 * honoured per row, whatever else is in the batch.
 */
export const WireSamplingSchema = strictObject({
  /** Most tokens to generate. */
  maxTokens: integerBetween(1, 1_000_000),
  temperature: ClampedTemperature.default(1),
  topP: ClampedTopP.default(1),
  topK: TopK.default(0),
  minP: MinP.default(0),
  presencePenalty: ClampedPenalty.default(0),
  frequencyPenalty: ClampedPenalty.default(0),
  repetitionPenalty: RepetitionPenalty.default(1),
  logitBias: z.record(Text, LogitBias).optional(),
  /** Draws depend on (seed, position) only; absent: the sidecar picks a random seed. */
  seed: WireSeedSchema.optional(),
  /** Text that ends the row; never emitted, not even in part. */
  stop: StopSequences.default([]),
  /** Token ids that end the row, beside the model's own end-of-sequence ids. */
  stopTokenIds: StopTokenIds.default([]),
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
