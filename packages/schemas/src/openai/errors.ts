import type * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NullableText, Text } from '../common/shared.js';

/** Body of every answer with a 4xx or 5xx status, and of an error event in a stream. */
export const OpenAIErrorSchema = openObject({
  error: openObject({
    message: Text,
    type: Text,
    /** The request field at fault, when there is one. */
    param: NullableText,
    code: NullableText,
  }),
});
export type OpenAIError = z.infer<typeof OpenAIErrorSchema>;
