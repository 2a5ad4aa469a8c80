import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { post } from '../support/requests.js';
import { writeModel } from '../support/writing-model.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const model = 'writing';
const template = '{% for m in messages %}{{ m.content }}{% endfor %}';
const folder = mkdtempSync(join(tmpdir(), 'mlx-any-text-'));
let engine: Engine;
let handler: Handler;

beforeAll(async () => {
  const path = join(folder, model);
  writeModel(path, { template, texts: { hello: 'Hello' } });
  engine = createEngine();
  await engine.loadModel({ model: { id: model, path } });
  handler = createHandler(engine);
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

/** Any text that JSON can hold: halves of characters, too. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    'x \ud83d',
    '\ude00 y',
    '\ude00\ud83d',
    '\0',
    '<|end_of_text|>',
    '\u2028',
    '\ufdd0',
  ),
);

const ask = { model, max_tokens: 1, temperature: 0 };
const user = (content: unknown) => ({ role: 'user', content });
const chat = (rest: object) => ({ ...ask, messages: [user('a')], ...rest });
const call = (id: string, args: string) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: args },
});
const tool = (rest: object) => ({ type: 'function', function: { name: 'f', ...rest } });
const schema = (inner: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: inner } },
});

const fields: Record<string, readonly [path: string, body: (text: string) => object]> = {
  'a user turn': ['/v1/chat/completions', (text) => chat({ messages: [user(text)] })],
  'a part of a turn': [
    '/v1/chat/completions',
    (text) => chat({ messages: [user([{ type: 'text', text, allow_special_tokens: true }])] }),
  ],
  'a system turn': [
    '/v1/chat/completions',
    (text) => chat({ messages: [{ role: 'system', content: text }, user('a')] }),
  ],
  'a call and its result': [
    '/v1/chat/completions',
    (text) => {
      const turns = [{ role: 'assistant', content: text, tool_calls: [call('b', text)] }];
      const result = { role: 'tool', tool_call_id: 'b', content: text };
      return chat({ messages: [user('a'), ...turns, result] });
    },
  ],
  'the description of a tool': [
    '/v1/chat/completions',
    (text) => chat({ tools: [tool({ description: text })] }),
  ],
  'the schema of a tool': [
    '/v1/chat/completions',
    (text) => {
      const parameters = { type: 'object', properties: { [text]: { enum: [text] } } };
      return chat({ tools: [tool({ parameters })], tool_choice: 'required' });
    },
  ],
  'a schema': [
    '/v1/chat/completions',
    (text) => chat(schema({ type: 'object', properties: { [text]: { const: text } } })),
  ],
  'a pattern': ['/v1/chat/completions', (text) => chat(schema({ type: 'string', pattern: text }))],
  'a stop text': ['/v1/chat/completions', (text) => chat({ stop: [text] })],
  'a prediction': [
    '/v1/chat/completions',
    (text) => chat({ prediction: { type: 'content', content: text } }),
  ],
  'a prompt': ['/v1/completions', (text) => ({ ...ask, prompt: text, stop: text })],
  'a message': [
    '/v1/messages',
    (text) => ({ ...ask, system: text, messages: [user(text)], stop_sequences: [text] }),
  ],
  'a result of a tool': [
    '/v1/messages/count_tokens',
    (text) => {
      const use = { type: 'tool_use', id: 'b', name: 'f', input: { [text]: text } };
      const result = { type: 'tool_result', tool_use_id: 'b', content: text };
      const turns = [user('a'), { role: 'assistant', content: [use] }, user([result])];
      return { model, messages: turns };
    },
  ],
  'the input of a response': [
    '/v1/responses',
    (text) => ({ model, max_output_tokens: 16, input: text, instructions: text }),
  ],
  'a text to embed': ['/v1/embeddings', (text) => ({ model, input: [text, `a${text}`] })],
  'texts to rank': [
    '/v1/rerank',
    (text) => ({ model, query: text, documents: [text, `a${text}`] }),
  ],
  'texts to score': ['/v1/score', (text) => ({ model, text_1: text, text_2: text })],
  'a text to tokenise': ['/v1/tokenize', (text) => ({ model, prompt: text })],
  'a chat of Ollama': [
    '/api/chat',
    (text) => ({ model, messages: [user(text)], options: { num_predict: 1 }, stream: false }),
  ],
  'a prompt of Ollama': [
    '/api/generate',
    (text) => ({ model, prompt: text, options: { num_predict: 1 }, stream: false }),
  ],
};

it.each(Object.entries(fields))(
  'any text as %s is answered or refused',
  async (_, [path, body]) => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const response = await handler.fetch(post(path, body(text)));
        // 504 is what a request that nobody answers ends with.
        expect(response.status, await response.text()).toBeLessThan(500);
      }),
      { numRuns: 12, seed: 1 },
    );
    expect(handler.activeRequests).toBe(0);
  },
);
