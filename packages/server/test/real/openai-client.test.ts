import type { Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandler, listen, type Handler, type HttpServer } from '../../src/index.js';
import { sharedRealEngine } from './real-engine.js';

const LOAD_TIMEOUT_MS = 120_000;
/** A decode step takes long where other processes compute as well. */
const STEP_TIMEOUT_MS = 20_000;
const model = DEFAULT_MODEL_ID;
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

let engine: Engine | undefined;
let handler: Handler;
let server: HttpServer | undefined;
let client: OpenAI;

beforeAll(async () => {
  engine = await sharedRealEngine();
  handler = createHandler(engine);
  server = await listen(handler, { host: '127.0.0.1', port: 0 });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
}, LOAD_TIMEOUT_MS);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe('the official client', { timeout: 60_000 }, () => {
  it('finds the model', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual([model]);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
  });

  it('gets an answer with usage', async () => {
    const completion = await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      max_tokens: 20,
    });
    expect(completion.choices[0]?.message.content).toContain('Paris');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage?.completion_tokens).toBeGreaterThan(3);
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(10);
  });

  it('embeds texts, in base64 as it asks by itself and as numbers', async () => {
    const input = ['A cat sleeps.', 'A kitten naps.'];
    const { data, usage } = await client.embeddings.create({ model, input });
    const numbers = await client.embeddings.create({ model, input, encoding_format: 'float' });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([576, 576]);
    expect(data[1]?.embedding[0]).toBeCloseTo(numbers.data[1]?.embedding[0] ?? 0, 4);
    expect(usage.prompt_tokens).toBe(10);
    const short = await client.embeddings.create({ model, input: [[504, 3575]], dimensions: 8 });
    expect(short.data[0]?.embedding).toHaveLength(8);
    await expect(
      client.embeddings.create({ model, input: 'a', dimensions: 10_000 }),
    ).rejects.toMatchObject({ status: 400, param: 'dimensions' });
  });

  it('gets a prompt back with its log-probabilities', async () => {
    const { choices } = await client.completions.create({
      model,
      prompt: 'The capital of France is Paris',
      echo: true,
      max_tokens: 0,
      logprobs: 1,
    });
    expect(choices[0]?.text).toBe('The capital of France is Paris');
    expect(choices[0]?.logprobs?.tokens?.join('')).toBe('The capital of France is Paris');
    expect(choices[0]?.logprobs?.token_logprobs?.[0]).toBeNull();
    expect(choices[0]?.logprobs?.token_logprobs?.at(-1)).toBeLessThan(0);
  });

  it('streams the same answer', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      max_tokens: 20,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(text).toContain('Paris');
    expect(usage?.completion_tokens).toBeGreaterThan(3);
  });

  it('gets several answers, the same ones for the same seed', async () => {
    const first = await twoColours();
    expect(first).toHaveLength(2);
    expect(await twoColours()).toEqual(first);
  });

  it('sees why an answer ended: a stop text, or the limit', async () => {
    const limited = await client.chat.completions.create({ model, messages, max_tokens: 2 });
    expect(limited.choices[0]?.finish_reason).toBe('length');
    expect(limited.usage?.completion_tokens).toBe(2);
    const stopped = await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      max_tokens: 20,
      stop: [' France'],
    });
    expect(stopped.choices[0]?.message.content).toBe('The capital of');
    expect(stopped.choices[0]?.finish_reason).toBe('stop');
  });

  it('reads log-probabilities', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      max_tokens: 2,
      logprobs: true,
      top_logprobs: 3,
    });
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content).toHaveLength(2);
    expect(content[0]?.top_logprobs).toHaveLength(3);
    expect(content[0]?.token).toBe(content[0]?.top_logprobs[0]?.token);
  });

  it('completes plain text', async () => {
    const completion = await client.completions.create({
      model,
      prompt: 'The capital of France is',
      temperature: 0,
      max_tokens: 4,
    });
    expect(completion.choices[0]?.text).toContain('Paris');
  });

  it('gets its own error classes, with the field at fault', async () => {
    const wrong = client.chat.completions.create({ model, messages, temperature: 9 });
    await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
    await expect(wrong).rejects.toMatchObject({ param: 'temperature', status: 400 });
    const unknown = client.chat.completions.create({ model: 'gpt-4o', messages });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
  });

  it('is told when the prompt is longer than the context', async () => {
    const long = client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'word '.repeat(9000) }],
      stream: true,
    });
    await expect(long).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('frees the row when it aborts', async () => {
    const before = await engine?.getBatchStats();
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Tell me a very long story.' }],
      max_tokens: 2000,
      stream: true,
    });
    await expect(async () => {
      for await (const chunk of stream) {
        if (chunk.choices[0]?.delta.content) stream.controller.abort();
      }
      throw new APIUserAbortError();
    }).rejects.toBeInstanceOf(APIUserAbortError);
    await expect
      .poll(
        async () => {
          const stats = await engine?.getBatchStats();
          return { decoding: stats?.rows.decoding, cancelled: stats?.requests.cancelled };
        },
        { timeout: STEP_TIMEOUT_MS },
      )
      .toEqual({ decoding: 0, cancelled: (before?.requests.cancelled ?? 0) + 1 });
    expect(handler.activeRequests).toBe(0);
  });

  it('learns within a second that the model process was killed, and is served again', async () => {
    const [runtime] = (await engine?.getRuntimeInfo())?.models ?? [];
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Tell me a very long story.' }],
      max_tokens: 2000,
      stream: true,
    });
    let killedAt = 0;
    await expect(async () => {
      for await (const chunk of stream) {
        if (killedAt > 0 || !chunk.choices[0]?.delta.content) continue;
        process.kill(runtime?.pid ?? 0, 'SIGKILL');
        killedAt = performance.now();
      }
    }).rejects.toMatchObject({ code: 'sidecar_crashed' });
    expect(performance.now() - killedAt).toBeLessThan(1000);
    const again = await client.chat.completions.create({ model, messages, max_tokens: 1 });
    expect(again.usage?.completion_tokens).toBe(1);
  });
});

async function twoColours() {
  const { choices } = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Name a colour.' }],
    n: 2,
    seed: 7,
    temperature: 1.5,
    max_tokens: 4,
  });
  return choices.map(({ message }) => message.content);
}
