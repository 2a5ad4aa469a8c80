import { GeneratorParamsObjectSchema, ReasoningEffortSchema } from '@mlx/schemas';
import { z } from 'zod';

/** How answers are generated, by the engine's own rules; an absent value leaves the choice to the model. */
export const SettingsSchema = GeneratorParamsObjectSchema.pick({
  temperature: true,
  topP: true,
  topK: true,
  minP: true,
  repetitionPenalty: true,
  presencePenalty: true,
  frequencyPenalty: true,
  maxTokens: true,
  seed: true,
  stopSequences: true,
})
  .extend({
    systemPrompt: z.string(),
    /** Absent: as the model's template has it. */
    thinking: z.boolean().optional(),
    effort: ReasoningEffortSchema.optional(),
  })
  .strip();
export type Settings = z.infer<typeof SettingsSchema>;

/** Everything is the model's choice. */
export const NO_SETTINGS: Settings = { systemPrompt: '' };
