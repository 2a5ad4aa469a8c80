import * as z from 'zod';
import { integerBetween, numberBetween } from './ranges.js';
import { AnyInteger, AnyNumber, Anything, Text } from './shared.js';

/** Text with at least one character. */
export const NonEmptyString = Text.min(1, 'Cannot be empty');

/** 1, 2, 3, ... up to the largest integer a JSON number carries exactly. */
export const PositiveInteger = AnyInteger.min(1);

/** 0, 1, 2, ... up to the largest integer a JSON number carries exactly. */
export const NonNegativeInteger = AnyInteger.min(0);

/** A finite number that is zero or greater. */
export const NonNegativeNumber = AnyNumber.min(0);

/** Sampling temperature; 0 is greedy. */
export const ClampedTemperature = numberBetween(0, 2);

/** Probability mass of nucleus sampling; 1 is off. */
export const ClampedTopP = numberBetween(0, 1);

/** Presence or frequency penalty, subtracted from logits; 0 is off. */
export const ClampedPenalty = numberBetween(-2, 2);

/** How weights are stored in memory. */
export const QuantizationMode = z.enum(['none', 'int8', 'int4']);
export type QuantizationMode = z.infer<typeof QuantizationMode>;

/** A token id; bounded so that it fits a signed 32-bit integer. */
export const TokenId = integerBetween(0, 2_147_483_647);

/** What a model may call a function. */
export const FunctionName = Text.regex(/^[a-zA-Z0-9_-]{1,128}$/, 'Must match [a-zA-Z0-9_-]{1,128}');

/** An object whose keys and values are the caller's business. */
export const UnknownRecord = z.record(Text, Anything);
/* Shared for the same reason as those of shared.ts. */
export const OptionalRecord = UnknownRecord.optional();
export const OptionalRecords = z.array(UnknownRecord).optional();
export const NullishRecord = UnknownRecord.nullish();
export const OptionalNonEmptyString = NonEmptyString.optional();
export const NoNames = z.array(NonEmptyString).default([]);
export const OptionalPositiveInteger = PositiveInteger.optional();
export const NullishPositiveInteger = PositiveInteger.nullish();
export const OptionalNonNegativeInteger = NonNegativeInteger.optional();
export const NullishNonNegativeInteger = NonNegativeInteger.nullish();
export const OptionalNonNegativeNumber = NonNegativeNumber.optional();
export const NullishNonEmptyString = NonEmptyString.nullish();
/** The name of a draft model, or false for none. */
const DraftChoice = z.union([NonEmptyString, z.literal(false)]);
export const OptionalDraftChoice = DraftChoice.optional();
export const NullishDraftChoice = DraftChoice.nullish();
export const OptionalClampedPenalty = ClampedPenalty.optional();
export const NullishClampedPenalty = ClampedPenalty.nullish();
export const TokenIds = z.array(TokenId);
export const OptionalTokenIds = TokenIds.optional();
/** Likely tokens whose log-probabilities are told at each position. */
const TopLogprobs = integerBetween(0, 20);
export const OptionalTopLogprobs = TopLogprobs.optional();
export const NullishTopLogprobs = TopLogprobs.nullish();
export const NoTopLogprobs = TopLogprobs.default(0);
