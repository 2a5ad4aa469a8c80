import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { createMlx } from '@mlx/ai-provider';
import { createEngine, type Engine } from '@mlx/engine';
import { resolvePythonEnvironment } from '@mlx/engine/setup';
import { createHandler, listen, type HttpServer } from '@mlx/server';
import { generateText, streamText, type LanguageModel } from 'ai';
import { Ollama } from 'ollama';
import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPython, type Outcome } from './support/python.ts';
import { apiKey } from './support/server.ts';

/** A PNG of one pixel, in base64. */
const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const url = `data:image/png;base64,${image}`;
const prompt = 'What is it?';
const model = 'tiny';
const maxTokens = 8;
/** Not among the types of every client. */
const greedy: object = { temperature: 0 };

const script = fileURLToPath(
  new URL('../../../python-runtime/tests/vision/tiny_models.py', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'images-'));
let engine: Engine;
let server: HttpServer;
/** What the model says of the image, asked without a client between. */
let expected: { text: string; tokens: number | undefined };

beforeAll(async () => {
  const { python, env } = resolvePythonEnvironment();
  execFileSync(python, [script, 'qwen2_vl', folder], { env: { ...process.env, ...env } });
  engine = createEngine();
  await engine.loadVisionModel({ model: { id: model, path: folder } });
  server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
  const content = [
    { type: 'image' as const, image: url },
    { type: 'text' as const, text: prompt },
  ];
  const answer = await engine.chat({
    model,
    messages: [{ role: 'user', content }],
    temperature: 0,
    maxTokens,
  });
  expected = { text: answer.content, tokens: answer.stats.promptTokens };
});

afterAll(async () => {
  await server.close();
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

const baseURL = () => `${server.url}/v1`;

const chat = (address: string) =>
  new OpenAI({ baseURL: baseURL(), apiKey, maxRetries: 0 }).chat.completions.create({
    model,
    temperature: 0,
    max_tokens: maxTokens,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: address } },
          { type: 'text', text: prompt },
        ],
      },
    ],
  });

describe('openai', () => {
  it('shows images in a chat', async () => {
    const { choices, usage } = await chat(url);
    expect({ text: choices[0]?.message.content, tokens: usage?.prompt_tokens }).toEqual(expected);
  });

  it('shows images in a response', async () => {
    const client = new OpenAI({ baseURL: baseURL(), apiKey, maxRetries: 0 });
    const content = [
      { type: 'input_image' as const, image_url: url, detail: 'auto' as const },
      { type: 'input_text' as const, text: prompt },
    ];
    const { output_text, usage } = await client.responses.create({
      model,
      temperature: 0,
      max_output_tokens: 16,
      input: [{ role: 'user', content }],
    });
    expect(output_text.startsWith(expected.text)).toBe(true);
    expect(usage?.input_tokens).toBe(expected.tokens);
  });

  it('is told that addresses are not fetched', async () => {
    const refused = chat('https://example.com/photo.png');
    await expect(refused).rejects.toThrow(BadRequestError);
    await expect(refused).rejects.toMatchObject({ param: 'messages.0.content.0' });
  });
});

it('@anthropic-ai/sdk shows images, and counts them as they are charged', async () => {
  const client = new Anthropic({ baseURL: server.url, apiKey, maxRetries: 0 });
  const source = { type: 'base64' as const, media_type: 'image/png' as const, data: image };
  const content = [
    { type: 'image' as const, source },
    { type: 'text' as const, text: prompt },
  ];
  const asked = { model, messages: [{ role: 'user' as const, content }] };
  const answer = await client.messages.create({
    ...asked,
    ...greedy,
    max_tokens: maxTokens,
  });
  expect(answer.content).toMatchObject([{ type: 'text', text: expected.text }]);
  const { input_tokens: fresh, cache_read_input_tokens: cached } = answer.usage;
  expect(fresh + (cached ?? 0)).toBe(expected.tokens);
  expect((await client.messages.countTokens(asked)).input_tokens).toBe(expected.tokens);
});

it('ollama shows images', async () => {
  const ollama = new Ollama({ host: server.url });
  const answer = await ollama.chat({
    model,
    messages: [{ role: 'user', content: prompt, images: [image] }],
    options: { temperature: 0, num_predict: maxTokens },
  });
  expect(answer.message.content).toBe(expected.text);
  expect(answer.prompt_eval_count).toBe(expected.tokens);
  expect((await ollama.show({ model })).capabilities).toContain('vision');
});

describe.each<[string, () => LanguageModel]>([
  ['@mlx/ai-provider in the same process', () => createMlx({ engine })(model)],
  ['@mlx/ai-provider over HTTP', () => createMlx({ baseURL: server.url })(model)],
  [
    '@ai-sdk/openai-compatible',
    () =>
      createOpenAICompatible({ name: 'mlx', baseURL: baseURL(), apiKey, includeUsage: true })(
        model,
      ),
  ],
])('ai with %s', (_, languageModel) => {
  const ask = (data: Uint8Array | string | URL) => ({
    model: languageModel(),
    temperature: 0,
    maxOutputTokens: maxTokens,
    maxRetries: 0,
    messages: [
      {
        role: 'user' as const,
        content: [
          { type: 'file' as const, mediaType: 'image/png', data },
          { type: 'text' as const, text: prompt },
        ],
      },
    ],
  });

  it.each([
    ['bytes', Buffer.from(image, 'base64')],
    ['base64', image],
    ['a data URL', new URL(url)],
  ])('generates from a file part: %s', async (_form, data) => {
    const { text, usage } = await generateText(ask(data));
    expect({ text, tokens: usage.inputTokens }).toEqual(expected);
  });

  it('streams, with an image part', async () => {
    const { messages: _messages, ...rest } = ask(image);
    const content = [
      { type: 'image' as const, image },
      { type: 'text' as const, text: prompt },
    ];
    const { text } = streamText({ ...rest, messages: [{ role: 'user', content }] });
    expect(await text).toBe(expected.text);
  });
});

it('the AI SDK hands over what is behind an address', async () => {
  const { text } = await generateText({
    model: createMlx({ engine })(model),
    temperature: 0,
    maxOutputTokens: maxTokens,
    experimental_download: async (asked) =>
      asked.map(() => ({ data: Buffer.from(image, 'base64'), mediaType: 'image/png' })),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', image: new URL('https://example.com/photo.png') },
          { type: 'text', text: prompt },
        ],
      },
    ],
  });
  expect(text).toBe(expected.text);
});

describe('from PyPI', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('images', {
      BASE_URL: baseURL(),
      SERVER_URL: server.url,
      MODEL: model,
      IMAGE: image,
    });
  });

  it.each(['chat', 'messages'])('%s is shown images', (name) => {
    expect(outcomes[name]).toMatchObject(expected);
  });

  it('responses are shown images', () => {
    expect(outcomes['responses']).toMatchObject({
      text: expect.stringContaining(expected.text),
      tokens: expected.tokens,
    });
  });

  it('anthropic counts what is charged', () => {
    expect(outcomes['messages']).toMatchObject({ counted: expected.tokens });
  });

  it('openai is told that addresses are not fetched', () => {
    expect(outcomes['address']).toMatchObject({ error: 'BadRequestError', status: 400 });
  });
});
