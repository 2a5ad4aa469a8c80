import { AnthropicErrorSchema, OpenAIErrorSchema } from '@mlx/schemas';
import { OllamaErrorSchema } from '@mlx/schemas/ollama';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

const model = MODEL;
const messages = [{ role: 'user', content: 'Hi' }];
const parameters = { type: 'object', properties: { a: { type: 'string' } } };
const call = { name: 'f', arguments: { a: 'b' } };

/** A request of each endpoint that uses most of what it knows. */
const endpoints = [
  {
    path: '/v1/responses',
    error: OpenAIErrorSchema,
    body: {
      model,
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'mlx1.SGk' },
        { type: 'function_call', call_id: 'a', name: 'f', namespace: 'n', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'b' }] },
        { type: 'custom_tool_call', call_id: 'b', name: 'g', input: 'c' },
      ],
      tools: [
        { type: 'function', name: 'f', parameters, strict: false },
        { type: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'a' } },
        { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] },
        { type: 'web_search' },
      ],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'auto',
        tools: [{ type: 'function', name: 'f' }],
      },
      text: { format: { type: 'json_schema', name: 'a', schema: parameters } },
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['message.output_text.logprobs'],
      metadata: { a: 'b' },
      store: true,
      temperature: 1,
    },
  },
  {
    path: '/v1/responses/input_tokens',
    error: OpenAIErrorSchema,
    body: { model, input: 'Hi', instructions: 'a', tools: [{ type: 'function', name: 'f' }] },
  },
  {
    path: '/api/chat',
    error: OllamaErrorSchema,
    body: {
      model,
      messages: [
        ...messages,
        { role: 'assistant', content: '', thinking: 'a', tool_calls: [{ function: call }] },
        { role: 'tool', content: 'b', tool_name: 'f' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters } }],
      format: parameters,
      think: true,
      options: { num_predict: 4, top_k: -1, seed: -1, stop: ['a'], repeat_last_n: 4 },
      keep_alive: '5m',
      stream: false,
    },
  },
  {
    path: '/api/generate',
    error: OllamaErrorSchema,
    body: {
      model,
      prompt: 'a',
      system: 'b',
      raw: false,
      options: { temperature: 0 },
      stream: true,
    },
  },
  { path: '/api/embed', error: OllamaErrorSchema, body: { model, input: ['a'], dimensions: 2 } },
  { path: '/api/embeddings', error: OllamaErrorSchema, body: { model, prompt: 'a' } },
  { path: '/api/show', error: OllamaErrorSchema, body: { model, verbose: true } },
  {
    path: '/v1/chat/completions',
    error: OpenAIErrorSchema,
    body: {
      model,
      messages,
      tools: [{ type: 'function', function: { name: 'f', parameters } }],
      tool_choice: 'auto',
      stop: ['a'],
      logit_bias: { 5: 1 },
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: parameters } },
      n: 1,
    },
  },
  {
    path: '/v1/messages',
    error: AnthropicErrorSchema,
    body: {
      model,
      max_tokens: 4,
      system: [{ type: 'text', text: 'a' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ name: 'f', input_schema: parameters }],
      tool_choice: { type: 'auto' },
    },
  },
];

type Path = readonly (string | number)[];

/** The place of every value inside, the outermost left out. */
function placesIn(value: unknown, path: Path = []): Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return inner.flatMap(([key, element]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [here, ...placesIn(element, here)];
  });
}

/** A copy with another value at one place. */
function changed(body: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(body)) {
    return body.map((element: unknown, index) =>
      index === key ? changed(element, rest, value) : element,
    );
  }
  return { ...Object(body), [key]: changed(Object(body)[key], rest, value) };
}

const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '', '__proto__', 'constructor', [], {}, [null], -1, 1e300, 0.5, 'auto'),
);

describe.each(endpoints)('any body sent to $path', ({ path, error, body }) => {
  const handler = createHandler(new ScriptedEngine());
  const places = placesIn(body);

  it('is answered, or refused in the form that its clients read', { timeout: 30_000 }, async () => {
    const mutation = fc.record({
      place: fc.constantFrom(...places),
      extra: fc.option(fc.string(), { nil: undefined }),
      value: strange,
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ place, extra, value }) => {
        const target = extra === undefined ? place : [...place.slice(0, -1), extra];
        const response = await handler.fetch(post(path, changed(body, target, value)));
        const text = await response.text();
        expect(response.status, text).toBeLessThan(500);
        if (response.status >= 400) expect(error.safeParse(JSON.parse(text)).success).toBe(true);
        expect(handler.activeRequests).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
