import {
  AnthropicMessagesRequestSchema,
  ChatCompletionRequestSchema,
  GeneratorParamsSchema,
  LoadModelOptionsSchema,
  RuntimeConfigSchema,
} from '../../src/index.js';
import { OllamaChatRequestSchema } from '../../src/ollama/index.js';
import { ResponseRequestSchema } from '../../src/responses/index.js';

const messages = [{ role: 'user', content: 'What is the capital of France?' }];

/** A valid input of each schema that is parsed for every request. */
export const requests = [
  {
    name: 'LoadModelOptions',
    schema: LoadModelOptionsSchema,
    input: { model: 'llama-3-8b', quantization: 'int4', revision: 'main', parameters: { a: 1 } },
  },
  {
    name: 'GeneratorParams',
    schema: GeneratorParamsSchema,
    input: {
      model: 'llama-3-8b',
      prompt: 'Hi',
      maxTokens: 100,
      temperature: 0.7,
      stopSequences: ['a'],
    },
  },
  {
    name: 'ChatCompletionRequest',
    schema: ChatCompletionRequestSchema,
    input: { model: 'llama-3-8b', messages, temperature: 0.7, logit_bias: { 5: 1 }, stream: true },
  },
  {
    name: 'ResponseRequest',
    schema: ResponseRequestSchema,
    input: { model: 'llama-3-8b', input: messages, max_output_tokens: 10 },
  },
  {
    name: 'OllamaChatRequest',
    schema: OllamaChatRequestSchema,
    input: { model: 'llama-3-8b', messages, options: { temperature: 0.7 } },
  },
  {
    name: 'AnthropicMessagesRequest',
    schema: AnthropicMessagesRequestSchema,
    input: { model: 'llama-3-8b', messages, max_tokens: 10, system: 'Be brief.' },
  },
  { name: 'RuntimeConfig', schema: RuntimeConfigSchema, input: RuntimeConfigSchema.parse({}) },
];
