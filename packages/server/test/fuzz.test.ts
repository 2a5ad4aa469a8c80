import { tmpdir } from 'node:os';
import {
  AnthropicErrorSchema,
  GeneratorParamsSchema,
  OpenAIErrorSchema,
  parseOrThrow,
} from '@mlx/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandler } from '../src/index.js';
import { AdapterEngine } from './support/adapter-engine.js';
import { get, post, question } from './support/requests.js';
import { MODEL, tokens } from './support/scripted-engine.js';

const OllamaErrorSchema = z.strictObject({ error: z.string() });

const tool = { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } };
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
const part = { type: 'text', text: 'Hi' };

const adapters = tmpdir();

/** Requests as real clients send them, and the form in which each API's clients read errors. */
const endpoints = [
  {
    path: '/v1/chat/completions',
    error: OpenAIErrorSchema,
    body: {
      ...question,
      messages: [
        { role: 'system', content: [part] },
        { role: 'user', content: 'Hi', name: null },
        { role: 'assistant', content: null, tool_calls: [call], annotations: [], refusal: null },
        { role: 'tool', tool_call_id: 'c1', content: [part] },
      ],
      tools: [{ type: 'function', function: { ...tool, strict: null }, cache_control: {} }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      stop: ['a'],
      seed: 1,
      logit_bias: { '5': 1 },
      logprobs: true,
      top_logprobs: 2,
      prediction: { type: 'content', content: [part] },
      reasoning_effort: 'low',
      metadata: { a: 'b' },
      n: 2,
    },
  },
  {
    path: '/v1/completions',
    error: OpenAIErrorSchema,
    body: { model: MODEL, prompt: ['a', 'b'], max_tokens: 3, echo: false, logprobs: 1, best_of: 1 },
  },
  {
    path: '/v1/embeddings',
    error: OpenAIErrorSchema,
    body: { model: MODEL, input: ['a', 'b'], encoding_format: 'base64', dimensions: 2 },
  },
  {
    path: '/v1/rerank',
    error: OpenAIErrorSchema,
    body: { model: MODEL, query: 'q', documents: ['a', { text: 'b' }], top_n: 1 },
  },
  {
    path: '/v1/score',
    error: OpenAIErrorSchema,
    body: { model: MODEL, text_1: ['q'], text_2: ['a', 'b'] },
  },
  {
    path: '/v1/tokenize',
    error: OpenAIErrorSchema,
    body: { model: MODEL, prompt: 'a', add_special_tokens: true },
  },
  {
    path: '/v1/models/load',
    error: OpenAIErrorSchema,
    body: { model: MODEL, keep_alive: '5m', pinned: false },
  },
  { path: '/v1/models/unload', error: OpenAIErrorSchema, body: { model: MODEL } },
  {
    path: '/v1/load_lora_adapter',
    error: OpenAIErrorSchema,
    body: { lora_name: 'a', lora_path: adapters, model: MODEL, load_inplace: true },
  },
  { path: '/v1/unload_lora_adapter', error: OpenAIErrorSchema, body: { lora_name: 'a' } },
  { path: '/v1/detokenize', error: OpenAIErrorSchema, body: { model: MODEL, tokens: [97] } },
  {
    path: '/v1/responses',
    error: OpenAIErrorSchema,
    body: {
      model: MODEL,
      instructions: 'Be brief.',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'x' },
      ],
      tools: [{ type: 'function', ...tool, strict: false }],
      text: { format: { type: 'text' } },
      include: ['reasoning.encrypted_content'],
      stream: true,
      truncation: 'auto',
      metadata: { a: 'b' },
      store: true,
    },
  },
  {
    path: '/v1/responses/input_tokens',
    error: OpenAIErrorSchema,
    body: { model: MODEL, input: [{ role: 'user', content: 'Hi' }], truncation: 'auto' },
  },
  {
    path: '/v1/messages',
    error: AnthropicErrorSchema,
    body: {
      model: MODEL,
      max_tokens: 9,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: [part] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [part] }] },
      ],
      tools: [{ name: 'f', input_schema: tool.parameters }],
      tool_choice: { type: 'auto' },
      thinking: { type: 'enabled', budget_tokens: 2000 },
      stream: true,
    },
  },
  {
    path: '/v1/messages/count_tokens',
    error: AnthropicErrorSchema,
    body: {
      model: MODEL,
      messages: [{ role: 'user', content: [part] }],
      tools: [{ name: 'f', input_schema: tool.parameters }],
      output_config: { effort: 'low' },
    },
  },
  {
    path: '/api/generate',
    error: OllamaErrorSchema,
    body: { model: MODEL, prompt: 'Hi', system: 's', options: { seed: 1 }, keep_alive: '5m' },
  },
  { path: '/api/embed', error: OllamaErrorSchema, body: { model: MODEL, input: ['a'] } },
  { path: '/api/embeddings', error: OllamaErrorSchema, body: { model: MODEL, prompt: 'a' } },
  { path: '/api/show', error: OllamaErrorSchema, body: { model: MODEL, verbose: true } },
  {
    path: '/api/chat',
    error: OllamaErrorSchema,
    body: {
      model: MODEL,
      messages: [{ role: 'user', content: 'Hi', images: [] }],
      tools: [{ type: 'function', function: tool }],
      options: { temperature: 0, stop: ['a'] },
      format: 'json',
      stream: true,
    },
  },
] as const;

const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    0,
    1e308,
    1.5,
    '\ud83d',
    '\u0000',
    [],
    {},
    [null],
    [[]],
    { type: 'text' },
    { type: null },
    { toString: 1 },
    'constructor',
  ),
);

/** Puts a value in the place of one of the values of a body, or beside it. */
function mutated(
  value: unknown,
  steps: readonly number[],
  key: string,
  replacement: unknown,
): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || steps.length === 0) return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return [replacement];
    const place = step % value.length;
    return value.map((inner: unknown, index) =>
      index === place ? mutated(inner, rest, key, replacement) : inner,
    );
  }
  const entries = Object.entries(value);
  const place = step % (entries.length + 1);
  const changed = entries.map(([name, inner], index) => [
    name,
    index === place ? mutated(inner, rest, key, replacement) : inner,
  ]);
  return Object.fromEntries(place === entries.length ? [...changed, [key, replacement]] : changed);
}

it('are all that take a body', async () => {
  const { paths } = (await (await handler.fetch(get('/openapi.json'))).json()) as {
    paths: Record<string, { post?: { requestBody?: object } }>;
  };
  const described = Object.keys(paths).filter((path) => paths[path]?.post?.requestBody);
  const tried = endpoints.map(({ path }) => path);
  expect(described.toSorted()).toEqual(tried.toSorted());
});

const engine = new AdapterEngine();
engine.thinks = true;
engine.script((params, signal) => {
  parseOrThrow(GeneratorParamsSchema, params);
  return tokens('a', 'b')(params, signal);
});
const handler = createHandler(engine, { adapterDirectories: [adapters] });

describe.each(endpoints)('$path', ({ path, body, error }) => {
  async function check(sent: unknown): Promise<void> {
    const response = await handler.fetch(post(path, JSON.stringify(sent)));
    const text = await response.text();
    expect(response.status).toBeLessThan(500);
    if (response.status !== 200) error.parse(JSON.parse(text));
    expect(text).not.toContain('internal_error');
  }

  it('answers the request that the others are made of', async () => {
    const response = await handler.fetch(post(path, body));
    expect(response.status).toBe(200);
  });

  it('answers or refuses, in the form of its API, whatever is changed in it', async () => {
    const steps = fc.array(fc.nat(40), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, fc.string(), nasty, async (path_, key, replacement) =>
        check(mutated(body, path_, key, replacement)),
      ),
      { numRuns: 250 },
    );
  });

  it('refuses what is no request at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        await check(value);
        await check({ model: MODEL, ...Object(value) });
      }),
      { numRuns: 60 },
    );
  });
});

describe('an address', () => {
  const paths = [
    (text: string) => `/v1/models/${text}`,
    (text: string) => `/v1/responses/${text}`,
    (text: string) => `/v1/responses/${text}/input_items?limit=${text}&order=${text}&after=${text}`,
    (text: string) => `/v1/${text}`,
    (text: string) => `/${text}?${text}`,
  ];
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom('..', '%', '%00', '%2e%2e%2f', '%ff', '?', '#'),
  );

  it('is found or not, in the form of the API, whatever stands in it', async () => {
    const path = fc.tuple(fc.constantFrom(...paths), texts).map(([of, text]) => of(text));
    const method = fc.constantFrom('GET', 'POST', 'DELETE');
    await fc.assert(
      fc.asyncProperty(path, method, async (at, how) => {
        const host = { host: '127.0.0.1:8484' };
        const url = new URL(`http://127.0.0.1:8484${at}`);
        const response = await handler.fetch(new Request(url, { method: how, headers: host }));
        const text = await response.text();
        expect(response.status).toBeLessThan(500);
        expect(text).not.toContain('internal_error');
        if (!response.ok && text.startsWith('{') && !url.pathname.startsWith('/api/')) {
          OpenAIErrorSchema.parse(JSON.parse(text));
        }
      }),
      { numRuns: 150 },
    );
  });
});
