import { z } from 'zod';

/** What a benchmark reads of a `chat.completion.chunk`, from any server. */
export const CompletionChunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z
    .object({
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      completion_tokens_details: z.object({ accepted_draft_tokens: z.int().optional() }).nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.int().optional() }).nullish(),
    })
    .nullish(),
  error: z.object({ message: z.string() }).optional(),
});
