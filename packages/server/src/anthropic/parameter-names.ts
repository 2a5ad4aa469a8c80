/** The engine's parameters under the names that Anthropic's API uses. */
const names: Readonly<Record<string, string>> = {
  grammar: 'output_format',
  structured: 'output_format',
  maxTokens: 'max_tokens',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  'reasoning.budgetTokens': 'thinking.budget_tokens',
  'reasoning.effort': 'thinking',
  'reasoning.enabled': 'thinking',
  stopSequences: 'stop_sequences',
  toolChoice: 'tool_choice',
  'toolChoice.name': 'tool_choice.name',
  toolUse: 'tool_choice',
  topK: 'top_k',
  topP: 'top_p',
};

/** `maxTokens` -> `max_tokens`; deeper fields keep their path. */
export function anthropicParameter(field: string): string {
  const whole = names[field];
  if (whole !== undefined) return whole;
  const [head = '', ...rest] = field.replace(/^prompt\.(?=tools|messages)/, '').split('.');
  return [names[head] ?? head, ...rest]
    .join('.')
    .replace(/^(tools\.\d+)\.parameters/, '$1.input_schema');
}
