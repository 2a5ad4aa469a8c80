import * as z from 'zod';
import { PositiveInteger, UnknownRecord } from '../common/primitives.js';
import { Flag } from '../common/shared.js';
import { ModelDescriptorSchema } from './descriptor.js';

export const ModelStateSchema = z.enum(['loading', 'ready', 'failed']);
export type ModelState = z.infer<typeof ModelStateSchema>;

/** A model that the engine knows. */
export const ModelHandleSchema = z.object({
  descriptor: ModelDescriptorSchema,
  state: ModelStateSchema,
  /** Most tokens that prompt and answer may have together. */
  contextLength: PositiveInteger,
  metadata: UnknownRecord,
  /** True for a model loaded as the draft of speculative decoding. */
  draft: Flag,
});
export type ModelHandle = z.infer<typeof ModelHandleSchema>;
