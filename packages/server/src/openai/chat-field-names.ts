import type { ChatCompletionRequest } from '@mlx/schemas';
import type { ClientField } from '../http/client-field.js';
import { openAIParameter } from './parameter-names.js';

const insideReasoning: Readonly<Record<string, string>> = {
  'reasoning.effort': 'reasoning.effort',
  'reasoning.enabled': 'reasoning.enabled',
  'reasoning.budgetTokens': 'reasoning.max_tokens',
};

/** The names of this request: an effort may be sent in two places. */
export function chatFieldNames({ reasoning }: ChatCompletionRequest): ClientField {
  return (field) => (reasoning && insideReasoning[field]) ?? openAIParameter(field);
}
