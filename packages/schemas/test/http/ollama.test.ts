import { expect, it } from 'vitest';
import {
  OllamaChatRequestSchema,
  OllamaEmbedRequestSchema,
  OllamaGenerateRequestSchema,
} from '../../src/ollama/index.js';
import { rejectionOf } from '../support/rejection.js';

it('OllamaChatRequestSchema knows what is honoured', () => {
  const call = { function: { name: 'f', arguments: { a: 1 } } };
  const request = {
    model: 'a',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: '', thinking: 'Hm.', tool_calls: [call] },
      { role: 'tool', content: '1', tool_name: 'f' },
    ],
    stream: false,
    format: { type: 'object' },
    think: 'low',
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: {} } }],
    logprobs: true,
    top_logprobs: 1,
    options: { num_predict: -1, temperature: 0, top_k: 40, seed: 0, stop: ['a'] },
  };
  expect(OllamaChatRequestSchema.parse(request)).toEqual(request);
});

it.each([
  [OllamaChatRequestSchema, { messages: [{ role: 'king' }] }, 'messages.0.role'],
  [OllamaChatRequestSchema, { options: { temperature: 9 } }, 'options.temperature'],
  [OllamaGenerateRequestSchema, { format: 'yaml' }, 'format'],
  [OllamaEmbedRequestSchema, { input: 7 }, 'input'],
])('refuses what is out of range by its place', (schema, fault, field) => {
  expect(rejectionOf(schema, { model: 'a', ...fault }).details.field).toBe(field);
});
