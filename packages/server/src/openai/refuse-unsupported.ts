import type { ChatCompletionRequest } from '@mlx/schemas';
import { refuse, type Checks } from '../http/refuse-unsupported.js';

const never = (): boolean => false;

/**
 * Known parameters that the engine cannot honour, each with the values that
 * ask for nothing beyond what happens anyway.
 */
const chatChecks: Checks<ChatCompletionRequest> = {
  audio: never,
  function_call: (value) => value === 'none',
  functions: (value) => value.length === 0,
  metadata: (value) => Object.keys(value).length === 0,
  modalities: (value) => value.every((modality) => modality === 'text'),
  prompt_cache_key: never,
  prompt_cache_retention: never,
  safety_identifier: never,
  service_tier: (value) => value === 'auto' || value === 'default',
  store: (value) => !value,
  verbosity: (value) => value === 'medium',
  web_search_options: never,
};

export function refuseUnsupportedChat(request: ChatCompletionRequest): void {
  refuse(request, chatChecks);
}
