import type * as z from 'zod';
import { NullishNonEmptyString } from '../common/primitives.js';
import { EmbeddingRequestSchema } from '../openai/embeddings.js';

/** Body of `POST /v1/embeddings` with what goes beyond OpenAI; unknown keys are an error. */
export const EmbeddingBodySchema = EmbeddingRequestSchema.extend({
  /** Which of the model's own prompts is put before each text. */
  prompt_name: NullishNonEmptyString,
});
export type EmbeddingBody = z.infer<typeof EmbeddingBodySchema>;
