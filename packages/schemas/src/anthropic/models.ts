import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NullableText, Off, Text, literal } from '../common/shared.js';
import { NonNegativeInteger } from '../common/primitives.js';

/** One element of `GET /v1/models` for clients that send `anthropic-version`. */
export const AnthropicModelSchema = openObject({
  type: literal('model'),
  id: Text,
  display_name: Text,
  /** RFC 3339: since when it is served. */
  created_at: Text,
  max_input_tokens: NonNegativeInteger,
});
export type AnthropicModel = z.infer<typeof AnthropicModelSchema>;

/** All models on one page. */
export const AnthropicModelListSchema = openObject({
  data: z.array(AnthropicModelSchema),
  has_more: Off,
  first_id: NullableText,
  last_id: NullableText,
});
export type AnthropicModelList = z.infer<typeof AnthropicModelListSchema>;
