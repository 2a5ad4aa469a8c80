import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { listOf } from '../common/lists.js';
import {
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  NullishClampedPenalty,
} from '../common/primitives.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import { AnyInteger } from '../common/shared.js';

/** The sampling options that are honoured; the rest are told or refused by name. */
export const OllamaOptionsSchema = strictObject({
  /** Most tokens to generate; negative numbers set no limit. */
  num_predict: AnyInteger.nullish(),
  temperature: ClampedTemperature.nullish(),
  /** Zero and less are off. */
  top_k: integerBetween(-1, 1_000_000).nullish(),
  top_p: ClampedTopP.nullish(),
  min_p: numberBetween(0, 1).nullish(),
  /** Negative: another one for each answer. */
  seed: AnyInteger.nullish(),
  stop: listOf(NonEmptyString, 64).nullish(),
  repeat_penalty: numberBetween(0.01, 100).nullish(),
  /** How many of the last tokens `repeat_penalty` looks at; here it is all. */
  repeat_last_n: AnyInteger.nullish(),
  presence_penalty: NullishClampedPenalty,
  frequency_penalty: NullishClampedPenalty,
});
export type OllamaOptions = z.infer<typeof OllamaOptionsSchema>;
