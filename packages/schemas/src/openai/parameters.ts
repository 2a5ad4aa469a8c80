import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import {
  NullishClampedPenalty,
  NullishDraftChoice,
  NullishPositiveInteger,
  ClampedTemperature,
  ClampedTopP,
} from '../common/primitives.js';
import { AnyNumber, NullishFlag, NullishText, OptionalFlag } from '../common/shared.js';
import {
  AnswerCount,
  LogitBiases,
  MinP,
  Priority,
  RepetitionPenalty,
  StopTextOrTexts,
  StopTokenIds,
  TopK,
} from '../generation/sampling.js';

/** Parameters that chat completions and completions share; unknown keys are an error. */
export const SamplingParametersSchema = strictObject({
  frequency_penalty: NullishClampedPenalty,
  presence_penalty: NullishClampedPenalty,
  logit_bias: LogitBiases.nullish(),
  max_tokens: NullishPositiveInteger,
  n: AnswerCount.nullish(),
  /** Any integer, also beyond those that a number carries exactly. */
  seed: AnyNumber.multipleOf(1).nullish(),
  stop: StopTextOrTexts.nullish(),
  stream: NullishFlag,
  stream_options: strictObject({
    include_usage: OptionalFlag,
    include_obfuscation: OptionalFlag,
  }).nullish(),
  temperature: ClampedTemperature.nullish(),
  top_p: ClampedTopP.nullish(),
  user: NullishText,
  /* Beyond OpenAI, under the names that other local servers use. */
  top_k: TopK.nullish(),
  min_p: MinP.nullish(),
  repetition_penalty: RepetitionPenalty.nullish(),
  stop_token_ids: StopTokenIds.nullish(),
  priority: Priority.nullish(),
  /** False: draft nothing from the request's own text. */
  prompt_lookup: NullishFlag,
  /** A draft model that is loaded beside the model; false: none, also where one drafts by default. */
  draft_model: NullishDraftChoice,
  /** A loaded adapter (LoRA) of the model to compute with. */
  lora_adapter: NullishText,
});
export type SamplingParameters = z.infer<typeof SamplingParametersSchema>;
