import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { MAX_MESSAGES, listOf } from '../common/lists.js';
import {
  NonEmptyString,
  NullishPositiveInteger,
  NullishTopLogprobs,
  UnknownRecord,
} from '../common/primitives.js';
import { NullishFlag, NullishText, Text, TextList } from '../common/shared.js';
import { MAX_TEXTS } from '../pooling/input.js';
import { OllamaMessageSchema, OllamaToolSchema } from './messages.js';
import { OllamaOptionsSchema } from './options.js';

const generation = {
  model: NonEmptyString,
  /** Default true. */
  stream: NullishFlag,
  /** `json`, or a JSON Schema that the answer follows. */
  format: z.union([z.enum(['', 'json']), UnknownRecord]).nullish(),
  /** Whether the model thinks first, and how hard. */
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high', 'max'])]).nullish(),
  logprobs: NullishFlag,
  top_logprobs: NullishTopLogprobs,
  options: OllamaOptionsSchema.nullish(),
};

/** Body of `POST /api/chat`; `mlx-ignored` names what has no effect here. */
export const OllamaChatRequestSchema = strictObject({
  ...generation,
  messages: listOf(OllamaMessageSchema, MAX_MESSAGES).nullish(),
  tools: listOf(OllamaToolSchema, 1024).nullish(),
});
export type OllamaChatRequest = z.infer<typeof OllamaChatRequestSchema>;

/** Body of `POST /api/generate`. */
export const OllamaGenerateRequestSchema = strictObject({
  ...generation,
  /** In base64; shown before the prompt. */
  images: TextList.nullish(),
  prompt: NullishText,
  system: NullishText,
  /** The prompt as it is, without the chat template. */
  raw: NullishFlag,
});
export type OllamaGenerateRequest = z.infer<typeof OllamaGenerateRequestSchema>;

/** Body of `POST /api/embed`. */
export const OllamaEmbedRequestSchema = strictObject({
  model: NonEmptyString,
  input: z.union([Text, listOf(NonEmptyString, MAX_TEXTS)]),
  dimensions: NullishPositiveInteger,
});
export type OllamaEmbedRequest = z.infer<typeof OllamaEmbedRequestSchema>;

/** Body of `POST /api/embeddings`, the older form for one text. */
export const OllamaEmbeddingsRequestSchema = strictObject({
  model: NonEmptyString,
  prompt: NonEmptyString,
});

/** Body of `POST /api/show`; `name` is the older word. */
export const OllamaShowRequestSchema = strictObject({ model: NullishText, name: NullishText });
