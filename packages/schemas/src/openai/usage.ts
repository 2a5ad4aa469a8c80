import * as z from 'zod';
import { NonNegativeInteger } from '../common/primitives.js';

const OptionalCount = NonNegativeInteger.optional();

export const OpenAIUsageSchema = z.looseObject({
  prompt_tokens: NonNegativeInteger,
  completion_tokens: NonNegativeInteger,
  total_tokens: NonNegativeInteger,
  prompt_tokens_details: z.looseObject({ cached_tokens: OptionalCount }).optional(),
  completion_tokens_details: z
    .looseObject({
      reasoning_tokens: OptionalCount,
      accepted_prediction_tokens: OptionalCount,
      rejected_prediction_tokens: OptionalCount,
    })
    .optional(),
});
export type OpenAIUsage = z.infer<typeof OpenAIUsageSchema>;
