import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { OptionalText } from '../common/shared.js';

/** Why the sidecar refused or ended a request; the machine-readable half of an error's `data`. */
export const WireErrorTypeSchema = z.enum([
  'context_length_exceeded',
  'chat_template_error',
  'duplicate_stream',
  'grammar_failed',
  'invalid_grammar',
  'model_load_failed',
  'model_not_loaded',
  'non_finite_logits',
  'out_of_memory',
  'protocol_version_mismatch',
  'queue_full',
  'queue_timeout',
  'shutting_down',
  'unsupported_parameter',
  'invalid_image',
]);
export type WireErrorType = z.infer<typeof WireErrorTypeSchema>;

/** `data` of every error that the sidecar sends on purpose. */
export const WireErrorDataSchema = openObject({
  type: WireErrorTypeSchema,
  /** The parameter at fault, when there is one. */
  param: OptionalText,
});
export type WireErrorData = z.infer<typeof WireErrorDataSchema>;
