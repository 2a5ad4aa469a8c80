import {
  ClampedTemperature,
  ClampedTopP,
  NonNegativeInteger,
  PositiveInteger,
} from '@mlx/schemas/common';
import { z } from 'zod';

/** Longest answer that may be asked for, as in the engine's own parameters. */
const MAX_TOKENS_LIMIT = 100_000;

/** How answers are generated; an absent value leaves the choice to the server. */
export const SettingsSchema = z.object({
  systemPrompt: z.string(),
  temperature: ClampedTemperature.optional(),
  topP: ClampedTopP.optional(),
  maxTokens: PositiveInteger.max(MAX_TOKENS_LIMIT).optional(),
  seed: NonNegativeInteger.optional(),
});
export type Settings = z.infer<typeof SettingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  systemPrompt: '',
  temperature: 0.7,
  topP: 0.9,
  maxTokens: 512,
};
