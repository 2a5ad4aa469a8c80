import { parameterPath, type ParameterNames } from '../http/parameter-path.js';

/** The engine's parameters under the names that Anthropic's API uses. */
const names: ParameterNames = {
  structured: 'output_config.format',
  maxTokens: 'max_tokens',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  'reasoning.budgetTokens': 'thinking.budget_tokens',
  'reasoning.effort': 'output_config.effort',
  'reasoning.enabled': 'thinking',
  stopSequences: 'stop_sequences',
  toolChoice: 'tool_choice',
  'toolChoice.name': 'tool_choice.name',
  topK: 'top_k',
  topP: 'top_p',
};

/** `maxTokens` -> `max_tokens`; deeper fields keep their path. */
export function anthropicParameter(field: string): string {
  const whole = names[field];
  if (typeof whole === 'string') return whole;
  return parameterPath(names, field).replace(/^(tools\.\d+)\.parameters/, '$1.input_schema');
}
