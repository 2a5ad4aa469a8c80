import { expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { get } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
}

it('describes every route of the API with the schemas that check it', async () => {
  const handler = createHandler(new ScriptedEngine());
  const response = await handler.fetch(get('/openapi.json'));
  const document: Document = JSON.parse(await response.text());
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual([
    '/v1/models',
    '/v1/models/{model}',
    '/v1/models/load',
    '/v1/models/unload',
    '/v1/load_lora_adapter',
    '/v1/unload_lora_adapter',
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/embeddings',
    '/v1/rerank',
    '/v1/score',
    '/v1/tokenize',
    '/v1/detokenize',
    '/v1/messages',
    '/v1/messages/count_tokens',
    '/v1/responses',
    '/v1/responses/input_tokens',
    '/v1/responses/{response}',
    '/v1/responses/{response}/cancel',
    '/v1/responses/{response}/input_items',
    '/api/chat',
    '/api/generate',
    '/api/embed',
    '/api/embeddings',
    '/api/tags',
    '/api/ps',
    '/api/show',
    '/api/version',
    '/v1/stats',
    '/v1/mcp',
  ]);
  expect(document.paths['/v1/chat/completions']?.['post']?.requestBody?.content).toMatchObject({
    'application/json': {
      schema: {
        type: 'object',
        required: ['model', 'messages'],
        properties: {
          temperature: { anyOf: [{ type: 'number', minimum: 0, maximum: 2 }, {}] },
          functions: { 'x-treatment': 'refused' },
          metadata: { 'x-treatment': 'without effect' },
          stream_options: {
            anyOf: [
              { properties: { include_obfuscation: { 'x-treatment': 'without effect' } } },
              {},
            ],
          },
        },
      },
      'x-refused': expect.arrayContaining(['functions', 'ignore_eos']),
      'x-without-effect': expect.arrayContaining(['metadata', 'moderation']),
    },
  });
  expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
});
