import type * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger, OptionalNonNegativeInteger } from '../common/primitives.js';

const OptionalCount = OptionalNonNegativeInteger;

export const OpenAIUsageSchema = openObject({
  prompt_tokens: NonNegativeInteger,
  completion_tokens: NonNegativeInteger,
  total_tokens: NonNegativeInteger,
  prompt_tokens_details: openObject({ cached_tokens: OptionalCount }).optional(),
  completion_tokens_details: openObject({
    reasoning_tokens: OptionalCount,
    accepted_prediction_tokens: OptionalCount,
    rejected_prediction_tokens: OptionalCount,
  }).optional(),
});
export type OpenAIUsage = z.infer<typeof OpenAIUsageSchema>;
export const NullishUsage = OpenAIUsageSchema.nullish();
