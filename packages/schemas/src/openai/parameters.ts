import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { listOf, nonEmptyListOf } from '../common/lists.js';
import {
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  NullishClampedPenalty,
  NullishDraftChoice,
  NullishPositiveInteger,
  TokenId,
} from '../common/primitives.js';
import { integerBetween, numberBetween } from '../common/ranges.js';
import { AnyInteger, NullishFlag, NullishText, OptionalFlag, Text } from '../common/shared.js';

/** Parameters that chat completions and completions share; unknown keys are an error. */
export const SamplingParametersSchema = strictObject({
  frequency_penalty: NullishClampedPenalty,
  presence_penalty: NullishClampedPenalty,
  logit_bias: z.record(Text, numberBetween(-100, 100)).nullish(),
  max_tokens: NullishPositiveInteger,
  n: integerBetween(1, 128).nullish(),
  seed: AnyInteger.nullish(),
  stop: z.union([NonEmptyString, nonEmptyListOf(NonEmptyString, 64)]).nullish(),
  stream: NullishFlag,
  stream_options: strictObject({
    include_usage: OptionalFlag,
    include_obfuscation: OptionalFlag,
  }).nullish(),
  temperature: ClampedTemperature.nullish(),
  top_p: ClampedTopP.nullish(),
  user: NullishText,
  /* Beyond OpenAI, under the names that other local servers use. */
  top_k: integerBetween(0, 1_000_000).nullish(),
  min_p: numberBetween(0, 1).nullish(),
  repetition_penalty: numberBetween(0.01, 100).nullish(),
  stop_token_ids: listOf(TokenId, 1024).nullish(),
  priority: integerBetween(-100, 100).nullish(),
  /** False: draft nothing from the request's own text. */
  prompt_lookup: NullishFlag,
  /** A draft model that is loaded beside the model; false: none, also where one drafts by default. */
  draft_model: NullishDraftChoice,
});
