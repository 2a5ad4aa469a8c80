import type { GenerationRequest } from '../language/generation-request.js';

export type Setting = Exclude<keyof GenerationRequest, 'model' | 'messages'>;

/** Names of settings that mean the same in a body. */
export const fieldNames = {
  maxTokens: 'max_completion_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  repetitionPenalty: 'repetition_penalty',
  logitBias: 'logit_bias',
  seed: 'seed',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  stopSequences: 'stop',
  stopTokenIds: 'stop_token_ids',
  parallelToolCalls: 'parallel_tool_calls',
  priority: 'priority',
  adapter: 'lora_adapter',
  draftModel: 'draft_model',
  promptLookup: 'prompt_lookup',
  templateOptions: 'chat_template_kwargs',
} as const satisfies Partial<Record<Setting, string>>;

const settings: ReadonlyMap<string, string> = new Map([
  ...Object.entries(fieldNames).map(([setting, field]): [string, string] => [field, setting]),
  ['reasoning_effort', 'reasoning'],
  ['max_completion_tokens', 'maxOutputTokens'],
]);

/** What the caller calls a field of the body, for warnings. */
export function settingOf(field: string): string {
  return settings.get(field) ?? field;
}
