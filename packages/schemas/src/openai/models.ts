import * as z from 'zod';
import { NonNegativeInteger } from '../common/primitives.js';
import { openObject } from '../common/objects.js';
import { Text, literal } from '../common/shared.js';

export const OpenAIModelSchema = openObject({
  id: Text,
  object: literal('model'),
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  owned_by: Text,
});
export type OpenAIModel = z.infer<typeof OpenAIModelSchema>;

export const OpenAIModelListSchema = openObject({
  object: literal('list'),
  data: z.array(OpenAIModelSchema),
});
export type OpenAIModelList = z.infer<typeof OpenAIModelListSchema>;
