import type { CompletionRequest, GeneratorParams } from '@mlx/schemas';
import { badRequest, unsupported } from '../http/parse-body.js';
import { toSampling } from './sampling.js';

/** What OpenAI's API generates when the request does not say. */
const DEFAULT_MAX_TOKENS = 16;

/** One engine request per prompt. */
export function toCompletionParams(request: CompletionRequest): GeneratorParams[] {
  const { n: answers, best_of: tries = answers } = request;
  if ((tries ?? 1) !== (answers ?? 1)) throw unsupported('best_of');
  if (request.max_tokens === 0) {
    throw badRequest("'max_tokens' must be at least 1.", 'invalid_parameter', 'max_tokens');
  }
  const { maxTokens = DEFAULT_MAX_TOKENS, ...sampling } = toSampling(request);
  const shared = {
    model: request.model,
    ...(maxTokens < 0 ? {} : { maxTokens }),
    ...sampling,
    ...(typeof request.logprobs === 'number'
      ? { logprobs: true, topLogprobs: request.logprobs }
      : {}),
  };
  return completionPrompts(request.prompt).map((prompt) => Object.assign({ prompt }, shared));
}

type Prompt = NonNullable<GeneratorParams['prompt']>;

/** One for each choice. */
export function completionPrompts(prompt: CompletionRequest['prompt']): Prompt[] {
  if (typeof prompt === 'string') return [prompt];
  if (isTokens(prompt)) return [{ tokens: prompt }];
  return prompt.map((entry) => (typeof entry === 'string' ? entry : { tokens: entry }));
}

function isTokens(prompt: CompletionRequest['prompt']): prompt is number[] {
  return Array.isArray(prompt) && typeof prompt[0] === 'number';
}
