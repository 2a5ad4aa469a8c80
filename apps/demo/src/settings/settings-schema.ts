import { GeneratorParamsObjectSchema } from '@mlx/schemas';
import { z } from 'zod';

/** How answers are generated, by the engine's own rules; an absent value leaves the choice to the server. */
export const SettingsSchema = GeneratorParamsObjectSchema.pick({
  temperature: true,
  topP: true,
  maxTokens: true,
  seed: true,
})
  .extend({ systemPrompt: z.string() })
  .strip();
export type Settings = z.infer<typeof SettingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  systemPrompt: '',
  temperature: 0.7,
  topP: 0.9,
  maxTokens: 512,
};
