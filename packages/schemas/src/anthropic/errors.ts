import type * as z from 'zod';
import { openObject } from '../common/objects.js';
import { OptionalRecord } from '../common/primitives.js';
import { OptionalText, Text, literal } from '../common/shared.js';

/** Body of every answer with a 4xx or 5xx status, and of an error event in a stream. */
export const AnthropicErrorSchema = openObject({
  type: literal('error'),
  error: openObject({ type: Text, message: Text, details: OptionalRecord }),
  request_id: OptionalText,
});
export type AnthropicError = z.infer<typeof AnthropicErrorSchema>;
