import {
  AnthropicErrorSchema,
  AnthropicModelListSchema,
  AnthropicModelSchema,
  AnthropicStreamEventSchema,
  type GeneratorChunk,
} from '@mlx/schemas';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../src/index.js';
import { get, post } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';

const version = { 'anthropic-version': '2026-10-21' };
const hello = { model: MODEL, max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] };

describe('an error', () => {
  it.each([
    ['GET', '/v1/models/nope', 404, 'model_not_found'],
    ['GET', '/v1/files', 404, 'route_not_found'],
    ['POST', '/v1/messages/batches', 404, 'route_not_found'],
    ['POST', '/v1/chat/completions', 400, 'invalid_parameter'],
  ])('of %s %s has Anthropic’s form for its clients', async (method, path, status, code) => {
    const handler = createHandler(new ScriptedEngine());
    const request = method === 'GET' ? get(path, version) : post(path, {}, version);
    const response = await handler.fetch(request);
    expect(response.status).toBe(status);
    const { error, request_id: id } = AnthropicErrorSchema.parse(await response.json());
    expect(error.details).toMatchObject({ error_code: code });
    expect(id).toBe(response.headers.get('request-id'));
    expect(id).toMatch(/^req_/);
  });

  it('names the field at fault for programs too', async () => {
    const handler = createHandler(new ScriptedEngine());
    const response = await handler.fetch(post('/v1/messages', { ...hello, temperature: 7 }));
    expect(await response.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        details: { error_code: 'invalid_parameter', param: 'temperature' },
      },
    });
  });
});

describe('the models', () => {
  it('are listed in the form that the client knows', async () => {
    const handler = createHandler(new ScriptedEngine());
    const response = await handler.fetch(get('/v1/models', version));
    expect(AnthropicModelListSchema.parse(await response.json())).toMatchObject({
      data: [{ type: 'model', id: MODEL, display_name: 'echo', max_input_tokens: 128 }],
      has_more: false,
      first_id: MODEL,
      last_id: MODEL,
    });
    const plain = await handler.fetch(get('/v1/models'));
    expect(await plain.json()).toMatchObject({ object: 'list', data: [{ object: 'model' }] });
  });

  it('are described in it', async () => {
    const handler = createHandler(new ScriptedEngine());
    const response = await handler.fetch(get(`/v1/models/${MODEL}`, version));
    const { created_at: created } = AnthropicModelSchema.parse(await response.json());
    expect(created).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

/** Of the first event of an answer that consists of these. */
async function usageOf(...chunks: GeneratorChunk[]) {
  const engine = new ScriptedEngine();
  engine.script(async function* script() {
    yield* chunks;
  });
  const handler = createHandler(engine);
  const text = await (await handler.fetch(post('/v1/messages', { ...hello, stream: true }))).text();
  const events = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) =>
    AnthropicStreamEventSchema.parse(JSON.parse(data ?? '')),
  );
  const [start] = events;
  return start?.type === 'message_start' ? start.message.usage : undefined;
}

describe('the first event of a stream', () => {
  it.each([
    ['a word', { type: 'token', token: 'Hi' }],
    ['a thought', { type: 'reasoning', text: 'Hm' }],
    ['a call', { type: 'tool_call', toolCall: { index: 0, id: 'a', name: 'f', arguments: '' } }],
  ] as const)('tells what the prompt cost, when it is %s', async (_, chunk) => {
    const prompt = { tokens: 5, cachedTokens: 2 };
    expect(await usageOf({ ...chunk, prompt }, finished(1))).toMatchObject({
      input_tokens: 3,
      cache_read_input_tokens: 2,
      output_tokens: 0,
    });
  });

  it('tells it for an answer without a word too', async () => {
    expect(await usageOf(finished(0))).toMatchObject({
      input_tokens: 3,
      cache_read_input_tokens: 2,
      output_tokens: 0,
    });
  });
});

describe('a stream whose prompt takes long to compute', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has pings before its first event', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const engine = new ScriptedEngine();
    const { promise: computed, resolve } = Promise.withResolvers<void>();
    engine.script(async function* script() {
      await computed;
      yield finished(0);
    });
    const handler = createHandler(engine);
    const asked = handler.fetch(post('/v1/messages', { ...hello, stream: true }));
    // The headers are sent without the first event after 5 s, a ping every 15 s from then on.
    await vi.advanceTimersByTimeAsync(5000);
    const text = (await asked).text();
    await vi.advanceTimersByTimeAsync(31_000);
    resolve();
    const names = [...(await text).matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
    expect(names.slice(0, 3)).toEqual(['ping', 'ping', 'message_start']);
  });
});
