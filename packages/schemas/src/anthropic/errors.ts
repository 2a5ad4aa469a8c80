import * as z from 'zod';

/** Body of every answer with a 4xx or 5xx status, and of an error event in a stream. */
export const AnthropicErrorSchema = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: z.string(), message: z.string() }),
});
export type AnthropicError = z.infer<typeof AnthropicErrorSchema>;
