import * as z from 'zod';

/** Body of every answer with a 4xx or 5xx status, and of an error event in a stream. */
export const OpenAIErrorSchema = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    type: z.string(),
    /** The request field at fault, when there is one. */
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
export type OpenAIError = z.infer<typeof OpenAIErrorSchema>;
