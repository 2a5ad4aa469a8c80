import * as z from 'zod';
import {
  NonNegativeInteger,
  NonNegativeNumber,
  OptionalNonNegativeInteger,
} from '../common/primitives.js';
import { OptionalText } from '../common/shared.js';

/** What one answer cost. Times are in seconds. */
export const GenerationStatsSchema = z.object({
  tokensGenerated: NonNegativeInteger,
  tokensPerSecond: NonNegativeNumber,
  /** From the call to the first token, in seconds. */
  timeToFirstToken: NonNegativeNumber,
  /** From the call to the end, in seconds. */
  totalTime: NonNegativeNumber,
  /** Tokens that were drafted, by a draft model or from the text itself, and that the model chose. */
  draftTokensAccepted: OptionalNonNegativeInteger,
  /** Tokens of the request's `prediction` that are in the answer, drafted or not. */
  acceptedPredictionTokens: OptionalNonNegativeInteger,
  /** Those that are not; they are no part of the tokens generated. */
  rejectedPredictionTokens: OptionalNonNegativeInteger,
  /** Of the tokens generated, those spent on thoughts. */
  reasoningTokens: OptionalNonNegativeInteger,
  modelId: OptionalText,
  promptTokens: OptionalNonNegativeInteger,
  /** Of the prompt tokens, those not computed again. */
  cachedTokens: OptionalNonNegativeInteger,
});
export type GenerationStats = z.infer<typeof GenerationStatsSchema>;
