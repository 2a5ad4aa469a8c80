import type { ClientField } from '../http/client-field.js';
import { openAIParameter } from '../openai/parameter-names.js';

const names: Readonly<Record<string, string>> = {
  structured: 'format',
  'structured.schema': 'format',
  'reasoning.effort': 'think',
  'reasoning.enabled': 'think',
  frequencyPenalty: 'options.frequency_penalty',
  maxTokens: 'options.num_predict',
  minP: 'options.min_p',
  presencePenalty: 'options.presence_penalty',
  repetitionPenalty: 'options.repeat_penalty',
  seed: 'options.seed',
  stopSequences: 'options.stop',
  temperature: 'options.temperature',
  topK: 'options.top_k',
  topP: 'options.top_p',
};

/** The engine's fields under the names of Ollama's API. */
export const ollamaField: ClientField = (field) => names[field] ?? openAIParameter(field);
