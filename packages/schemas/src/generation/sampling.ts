import * as z from 'zod';
import { listOf } from '../common/lists.js';
import { ClampedTemperature, ClampedTopP, NonEmptyString, TokenId } from '../common/primitives.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import { Text } from '../common/shared.js';

/*
 * What sampling parameters may be, in HTTP bodies, in `GeneratorParams` and on
 * the wire alike; temperature, top-p and the penalties are in common/primitives.
 */

/** Keep this many most likely tokens; 0 is off. */
export const TopK = integerBetween(0, 1_000_000);

/** Keep tokens at least this fraction as likely as the most likely; 0 is off. */
export const MinP = numberBetween(0, 1);

/** Divides positive and multiplies negative logits of seen tokens (CTRL); 1 is off. */
export const RepetitionPenalty = numberBetween(0.01, 100);

/** What one token's logit may be changed by. */
export const LogitBias = numberBetween(-100, 100);

/** Token id (as a decimal string) to the amount added to its logit. */
export const LogitBiases = z.record(Text.regex(/^\d{1,10}$/, 'Must be a token id'), LogitBias);

const StopText = NonEmptyString.max(1000);
const MAX_STOP_TEXTS = 64;

/** Text that ends an answer. */
export const StopSequences = listOf(StopText, MAX_STOP_TEXTS);

const AnyStopText = Text.max(1000);

/** The same in an HTTP body, where one text needs no list and an empty one says nothing. */
export const StopTextOrTexts = z.union([AnyStopText, listOf(AnyStopText, MAX_STOP_TEXTS)]);

/** Token ids that end an answer, beside the model's own. */
export const StopTokenIds = listOf(TokenId, 1024);

/** How many answers to one prompt. */
export const AnswerCount = integerBetween(1, 128);

/** Higher is served first. */
export const Priority = integerBetween(-100, 100);

/* Shared for the same reason as those of common/shared. */
export const OptionalTemperature = ClampedTemperature.optional();
export const OptionalTopP = ClampedTopP.optional();
export const OptionalTopK = TopK.optional();
export const OptionalMinP = MinP.optional();
