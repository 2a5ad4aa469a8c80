import * as z from 'zod';
import {
  NonEmptyString,
  OptionalNonEmptyString,
  OptionalPositiveInteger,
  OptionalRecord,
} from '../common/primitives.js';

export const TokenizerDescriptorSchema = z.object({
  /** The tokenizer's algorithm or class, such as `bpe`. */
  type: OptionalNonEmptyString,
  vocabSize: OptionalPositiveInteger,
  specialTokens: OptionalRecord,
});
export type TokenizerDescriptor = z.infer<typeof TokenizerDescriptorSchema>;

/** What a file or a repository can be called; that it is empty is said once. */
export const ModelName = NonEmptyString.regex(/^$|\S/, 'Cannot be blank');

/** What a model is and where its files are; `{ id, path }` is enough. */
export const ModelDescriptorSchema = z.object({
  id: ModelName,
  /** A local directory with config.json, tokenizer files and safetensors, or a repository name. */
  path: ModelName,
  variant: OptionalNonEmptyString,
  source: z.enum(['huggingface', 'local']).optional(),
  modality: z.enum(['text', 'vision', 'multimodal']).optional(),
  /** The architecture's family, such as `llama`. */
  family: OptionalNonEmptyString,
  tokenizer: TokenizerDescriptorSchema.optional(),
});
export type ModelDescriptor = z.infer<typeof ModelDescriptorSchema>;
