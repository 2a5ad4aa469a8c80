/** The engine's parameters under the names that OpenAI's API uses. */
const names: Readonly<Record<string, string>> = {
  // The sidecar's name for what the engine calls `structured`.
  grammar: 'response_format',
  structured: 'response_format',
  draftModel: 'draft_model',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  maxTokens: 'max_tokens',
  minP: 'min_p',
  parallelToolCalls: 'parallel_tool_calls',
  presencePenalty: 'presence_penalty',
  promptLookup: 'prompt_lookup',
  repetitionPenalty: 'repetition_penalty',
  stopSequences: 'stop',
  stopTokenIds: 'stop_token_ids',
  templateOptions: 'chat_template_kwargs',
  toolChoice: 'tool_choice',
  toolUse: 'tool_choice',
  topK: 'top_k',
  topLogprobs: 'top_logprobs',
  topP: 'top_p',
};

/** Fields whose place differs too. */
const paths: Readonly<Record<string, string>> = {
  'reasoning.effort': 'reasoning_effort',
  'reasoning.budgetTokens': 'reasoning.max_tokens',
  'toolChoice.name': 'tool_choice.function.name',
};

/** `maxTokens` -> `max_tokens`; deeper fields keep their path. */
export function openAIParameter(field: string): string {
  const whole = paths[field];
  if (whole !== undefined) return whole;
  const [head = '', ...rest] = field.replace(/^prompt\.(?=tools|messages)/, '').split('.');
  return [names[head] ?? head, ...rest].join('.');
}
