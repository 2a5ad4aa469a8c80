import * as z from 'zod';
import { OptionalText, Text } from '../common/shared.js';

/** Body of every answer with a 4xx or 5xx status, and of an error event in a stream. */
export const AnthropicErrorSchema = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: Text, message: Text }),
  request_id: OptionalText,
});
export type AnthropicError = z.infer<typeof AnthropicErrorSchema>;
