import { describe, expect, it } from 'vitest';
import { createHandler, type HandlerOptions } from '../src/index.js';
import { errorOf, get, post, question } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp(options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  return { engine, handler: createHandler(engine, options) };
}

describe('an address', () => {
  it.each(['/v1/models/', '/v1//models', '//v1/models', `/v1/models/${MODEL}/`])(
    'with a slash too many is understood: %s',
    async (path) => {
      const { handler } = setUp();
      expect((await handler.fetch(get(path))).status).toBe(200);
    },
  );

  it('is probed in every way that clients have', async () => {
    const { handler } = setUp();
    const probe = async (method: string, path: string) =>
      (await handler.fetch(new Request(get(path), { method }))).status;
    expect(await probe('HEAD', '/v1/models')).toBe(200);
    expect(await probe('HEAD', `/v1/models/${encodeURIComponent(MODEL)}`)).toBe(200);
    expect(await probe('OPTIONS', '/v1/chat/completions')).toBe(204);
  });
});

describe('a page of an allowed origin', () => {
  const origin = 'http://localhost:3000';

  it('may send whatever headers its SDK asks for', async () => {
    const { handler } = setUp({ allowedOrigins: [origin] });
    const requested = 'authorization,content-type,x-stainless-os,anthropic-version';
    const preflight = new Request(get('/v1/chat/completions'), {
      method: 'OPTIONS',
      headers: {
        host: '127.0.0.1:8484',
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': requested,
      },
    });
    const response = await handler.fetch(preflight);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe(requested);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('vary')).toContain('Origin');
    const answer = await handler.fetch(post('/v1/chat/completions', question, { origin }));
    expect(answer.headers.get('access-control-expose-headers')).toContain('mlx-ignored');
  });

  it.each([
    [{ host: 'evil.example' }, '--allow-host evil.example'],
    [{ origin: 'http://evil.example' }, '--allow-origin http://evil.example'],
  ])('is told which option opens the door: %j', async (headers, option) => {
    const { handler } = setUp();
    const response = await handler.fetch(get('/v1/models', headers));
    expect(response.status).toBe(403);
    expect((await errorOf(response)).message).toContain(option);
  });
});

describe('a further name of a model', () => {
  const options = { aliases: { 'gpt-4o': MODEL, 'claude-x': MODEL, lost: 'nobody/nothing' } };

  it.each([
    ['/v1/chat/completions', { ...question, model: 'gpt-4o' }],
    ['/v1/messages', { ...question, model: 'claude-x', max_tokens: 5 }],
    ['/api/chat', { ...question, model: 'gpt-4o:latest', stream: false }],
  ])('is served at %s', async (path, body) => {
    const { engine, handler } = setUp(options);
    expect((await handler.fetch(post(path, body))).status).toBe(200);
    expect(engine.calls[0]?.model).toBe(MODEL);
  });

  it('is listed where its model is served, and described', async () => {
    const { handler } = setUp(options);
    const list = (await (await handler.fetch(get('/v1/models'))).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map(({ id }) => id)).toEqual([MODEL, 'gpt-4o', 'claude-x']);
    expect((await handler.fetch(get('/v1/models/gpt-4o'))).status).toBe(200);
    const lost = await handler.fetch(post('/v1/chat/completions', { ...question, model: 'lost' }));
    expect(lost.status).toBe(404);
  });
});

const ask = async (path: string, body: object) => {
  const response = await setUp().handler.fetch(post(path, { model: MODEL, ...body }));
  return { status: response.status, body: await response.json() };
};

describe('texts', () => {
  it.each(['/v1/tokenize', '/tokenize'])('are turned into tokens at %s', async (path) => {
    expect(await ask(path, { prompt: 'ab', return_token_strs: true })).toEqual({
      status: 200,
      body: { count: 3, max_model_len: 128, tokens: [94, 97, 98], token_strs: ['^', 'a', 'b'] },
    });
    const { body } = await ask(path, { prompt: '', add_special_tokens: false });
    expect(body).toMatchObject({ count: 0, tokens: [], token_strs: null });
  });

  it('are put together from tokens', async () => {
    expect(await ask('/v1/detokenize', { tokens: [97, 98] })).toMatchObject({
      body: { prompt: 'ab' },
    });
  });

  it.each(['/v1/rerank', '/v2/rerank', '/rerank'])('are ordered at %s', async (path) => {
    const { status } = await ask(path, {
      query: 'q',
      documents: ['a', { text: 'bb', id: 7 }],
      top_n: 0,
    });
    expect(status).toBe(200);
  });

  it.each([
    [{ text_1: 'q', text_2: ['a', 'bbb'] }, [0.5, 0.75]],
    [{ text_1: 'q', text_2: 'a' }, [0.5]],
    [{ text_1: ['q', 'r'], text_2: ['bbb', 'a'] }, [0.75, 0.5]],
  ])('are scored in pairs, in their order: %j', async (texts, scores) => {
    const { body } = await ask('/v1/score', texts);
    expect(body).toMatchObject({ data: scores.map((score, index) => ({ index, score })) });
  });

  it('that make no pairs are refused by name', async () => {
    const { status, body } = await ask('/v1/score', { text_1: ['q', 'r'], text_2: ['a'] });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { param: 'text_2' } });
  });

  it('beyond the most of one request are refused for their number', async () => {
    const { body } = await ask('/v1/embeddings', {
      input: Array.from({ length: 2049 }, () => 'a'),
    });
    expect(body).toMatchObject({
      error: { param: 'input', message: expect.stringContaining('2048') },
    });
  });
});
