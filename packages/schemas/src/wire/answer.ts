import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonNegativeInteger } from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import { ReasoningEffortSchema } from '../generation/reasoning.js';
import { OptionalFlag, OptionalText, Text } from '../common/shared.js';

/** Whether and how long a model thinks before it answers. */
export const WireReasoningSchema = strictObject({
  enabled: OptionalFlag,
  effort: ReasoningEffortSchema.optional(),
  /** Most tokens of thoughts; a model that has used them up is made to go on to its answer. */
  budgetTokens: integerBetween(0, 1_000_000).optional(),
});
export type WireReasoning = z.infer<typeof WireReasoningSchema>;

/** Which of the prompt's tools the answer may call. */
export const WireToolUseSchema = strictObject({
  /** `required`: the answer consists of calls. */
  choice: z.enum(['auto', 'required']).default('auto'),
  /** The only function that may be called; the others are shown all the same. */
  name: Text.min(1).max(128).optional(),
  /** False: at most one call. Left out: so too where the answer has to consist of calls. */
  parallel: OptionalFlag,
});
export type WireToolUse = z.infer<typeof WireToolUseSchema>;

/** A piece of a tool call; its first piece has the id and the name. */
export const WireToolCallSchema = strictObject({
  /** Which call of the answer. */
  index: NonNegativeInteger,
  id: OptionalText,
  name: OptionalText,
  /** JSON text that goes on where the piece before ended. */
  arguments: Text,
  /** What the model wrote, where the arguments were not held to their schema. */
  raw: OptionalText,
});
export type WireToolCall = z.infer<typeof WireToolCallSchema>;
