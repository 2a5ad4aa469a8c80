/** The engine's parameters under the names that OpenAI's API uses. */
const names: Readonly<Record<string, string>> = {
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  maxTokens: 'max_tokens',
  minP: 'min_p',
  presencePenalty: 'presence_penalty',
  repetitionPenalty: 'repetition_penalty',
  stopSequences: 'stop',
  stopTokenIds: 'stop_token_ids',
  topK: 'top_k',
  topLogprobs: 'top_logprobs',
  topP: 'top_p',
};

/** `maxTokens` -> `max_tokens`; deeper fields keep their path. */
export function openAIParameter(field: string): string {
  const [head = '', ...rest] = field.split('.');
  return [names[head] ?? head, ...rest].join('.');
}
