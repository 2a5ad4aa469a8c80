import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { Text } from '../common/shared.js';

export const OpenAIModelSchema = openObject({
  id: Text,
  object: z.literal('model'),
  /** Seconds since the Unix epoch. */
  created: z.int().min(0),
  owned_by: Text,
});
export type OpenAIModel = z.infer<typeof OpenAIModelSchema>;

export const OpenAIModelListSchema = openObject({
  object: z.literal('list'),
  data: z.array(OpenAIModelSchema),
});
export type OpenAIModelList = z.infer<typeof OpenAIModelListSchema>;
