import * as z from 'zod';
import {
  ClampedPenalty,
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
} from '../common/primitives.js';

/** Parameters that chat completions and completions share. */
export const samplingParameters = {
  frequency_penalty: ClampedPenalty.nullish(),
  presence_penalty: ClampedPenalty.nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  max_tokens: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([NonEmptyString, z.array(NonEmptyString).min(1, 'Cannot be empty').max(64)])
    .nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .looseObject({
      include_usage: z.boolean().optional(),
      include_obfuscation: z.boolean().optional(),
    })
    .nullish(),
  temperature: ClampedTemperature.nullish(),
  top_p: ClampedTopP.nullish(),
  user: z.string().max(1024).nullish(),
};

/** Beyond OpenAI, under the names that other local servers use. */
export const extraSamplingParameters = {
  top_k: z.int().min(0).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().min(0.01).max(100).nullish(),
  stop_token_ids: z.array(z.int().min(0)).max(1024).nullish(),
  priority: z.int().min(-100).max(100).nullish(),
};
