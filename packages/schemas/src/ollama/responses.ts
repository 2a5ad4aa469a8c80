import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger, UnknownRecord } from '../common/primitives.js';
import { AnyNumber, Flag, OptionalText, Text, TextList, literal } from '../common/shared.js';

/** Times are in nanoseconds. */
const counts = {
  total_duration: NonNegativeInteger.optional(),
  load_duration: NonNegativeInteger.optional(),
  prompt_eval_count: NonNegativeInteger.optional(),
  prompt_eval_duration: NonNegativeInteger.optional(),
  eval_count: NonNegativeInteger.optional(),
  eval_duration: NonNegativeInteger.optional(),
};

const LogprobEntry = { token: Text, logprob: AnyNumber, bytes: z.array(AnyNumber).nullable() };

const envelope = {
  model: Text,
  /** A date and time of ISO 8601. */
  created_at: Text,
  done: Flag,
  /** Why the answer ended, in its last line. */
  done_reason: z.enum(['stop', 'length', 'load', 'unload']).optional(),
  logprobs: z
    .array(openObject({ ...LogprobEntry, top_logprobs: z.array(openObject(LogprobEntry)) }))
    .optional(),
  mismatches: OptionalMismatches,
  ...counts,
};

/** An answer, or one line of a streamed one. */
export const OllamaChatResponseSchema = openObject({
  ...envelope,
  message: openObject({
    role: literal('assistant'),
    content: Text,
    thinking: OptionalText,
    /** Whole calls only. */
    tool_calls: z
      .array(
        openObject({
          id: Text,
          function: openObject({
            index: NonNegativeInteger,
            name: Text,
            arguments: UnknownRecord,
          }),
        }),
      )
      .optional(),
  }),
});
export type OllamaChatResponse = z.infer<typeof OllamaChatResponseSchema>;

export const OllamaGenerateResponseSchema = openObject({
  ...envelope,
  response: Text,
  thinking: OptionalText,
});
export type OllamaGenerateResponse = z.infer<typeof OllamaGenerateResponseSchema>;

export const OllamaEmbedResponseSchema = openObject({
  model: Text,
  embeddings: z.array(z.array(AnyNumber)),
  total_duration: NonNegativeInteger,
  load_duration: NonNegativeInteger,
  prompt_eval_count: NonNegativeInteger,
});

export const OllamaEmbeddingsResponseSchema = openObject({ embedding: z.array(AnyNumber) });

const DetailsSchema = openObject({
  parent_model: Text,
  format: Text,
  family: Text,
  families: TextList,
  parameter_size: Text,
  quantization_level: Text,
});
export type OllamaDetails = z.infer<typeof DetailsSchema>;

export const OllamaModelSchema = openObject({
  name: Text,
  model: Text,
  modified_at: Text,
  /** Bytes of memory that the weights take; 0 where that is not known. */
  size: NonNegativeInteger,
  digest: Text,
  details: DetailsSchema,
});
export type OllamaModel = z.infer<typeof OllamaModelSchema>;

export const OllamaTagsSchema = openObject({ models: z.array(OllamaModelSchema) });

export const OllamaProcessesSchema = openObject({
  models: z.array(
    OllamaModelSchema.omit({ modified_at: true }).extend({
      expires_at: Text,
      size_vram: NonNegativeInteger,
      context_length: NonNegativeInteger,
    }),
  ),
});

export const OllamaShowSchema = openObject({
  modelfile: Text,
  /** The model's own sampling parameters, one a line. */
  parameters: Text,
  template: Text,
  license: Text,
  modified_at: Text,
  details: DetailsSchema,
  model_info: UnknownRecord,
  capabilities: TextList,
});

export const OllamaVersionSchema = openObject({ version: Text });

export const OllamaErrorSchema = openObject({ error: Text });
