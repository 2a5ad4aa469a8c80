import type { JsonRpcError } from '../wire/frames.js';
import { WireErrorDataSchema, type WireErrorType } from '../wire/errors.js';
import { engineErrorCodeFromRpc, type EngineErrorCode } from './table.js';

const codeOfType: Record<WireErrorType, EngineErrorCode> = {
  chat_template_error: 'InvalidParams',
  context_length_exceeded: 'InvalidParams',
  duplicate_stream: 'InvalidParams',
  grammar_failed: 'GuidanceError',
  invalid_grammar: 'GuidanceError',
  model_load_failed: 'ModelLoadError',
  model_not_loaded: 'ModelNotLoaded',
  non_finite_logits: 'GenerationError',
  out_of_memory: 'Overloaded',
  protocol_version_mismatch: 'TransportError',
  queue_full: 'Overloaded',
  queue_timeout: 'Timeout',
  shutting_down: 'Overloaded',
  unsupported_parameter: 'InvalidParams',
  invalid_image: 'InvalidParams',
};

/** What an error from the sidecar means: by its `data.type`, else by its number. */
export function engineErrorCodeFromWire(error: JsonRpcError): EngineErrorCode {
  const data = WireErrorDataSchema.safeParse(error.data);
  return data.success ? codeOfType[data.data.type] : engineErrorCodeFromRpc(error.code);
}
