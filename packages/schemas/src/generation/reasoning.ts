import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerBetween } from '../common/ranges.js';
import { OptionalFlag } from '../common/shared.js';

export const ReasoningEffortSchema = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);
export type ReasoningEffort = z.infer<typeof ReasoningEffortSchema>;

/** Whether and how long a model thinks; what the model cannot be asked is refused by name. */
export const ReasoningOptionsSchema = strictObject({
  /** Switches thinking on or off, where the chat template can. */
  enabled: OptionalFlag,
  /** For chat templates that know it; `none` also switches thinking off. */
  effort: ReasoningEffortSchema.optional(),
  /** Most tokens of thoughts; a model that has used them up is made to go on to its answer. */
  budgetTokens: integerBetween(0, 100_000).optional(),
});
export type ReasoningOptions = z.infer<typeof ReasoningOptionsSchema>;
