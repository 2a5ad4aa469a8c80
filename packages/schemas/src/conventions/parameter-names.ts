import type { SamplingParameters } from '../openai/parameters.js';
import type { WireSampling } from '../wire/sampling.js';
import type { GeneratorParameter } from '../generation/params.js';

/*
 * The way of a parameter from body to engine to runtime, by its three names.
 * Read forwards values are copied, backwards errors name the field at fault.
 */

/** The engine's parameter for each of OpenAI's; null: it is about the form of the answer or the account. */
export const httpParameters = {
  max_tokens: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  repetition_penalty: 'repetitionPenalty',
  logit_bias: 'logitBias',
  seed: 'seed',
  stop: 'stopSequences',
  stop_token_ids: 'stopTokenIds',
  n: 'n',
  priority: 'priority',
  prompt_lookup: 'promptLookup',
  draft_model: 'draftModel',
  lora_adapter: 'adapter',
  stream: null,
  stream_options: null,
  user: null,
} as const satisfies Record<keyof SamplingParameters, GeneratorParameter | null>;

/** The engine's parameter for each field of the wire's `sampling`. */
export const wireParameters = {
  maxTokens: 'maxTokens',
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  minP: 'minP',
  presencePenalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
  repetitionPenalty: 'repetitionPenalty',
  logitBias: 'logitBias',
  seed: 'seed',
  stop: 'stopSequences',
  stopTokenIds: 'stopTokenIds',
  ignoreEos: 'ignoreEos',
  logprobs: 'logprobs',
  topLogprobs: 'topLogprobs',
} as const satisfies Record<keyof WireSampling, GeneratorParameter>;
