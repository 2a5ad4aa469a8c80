import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OpenAIModelListSchema, OpenAIModelSchema } from '@mlx/schemas/endpoints';
import { createHandler, type HandlerOptions } from '../src/index.js';
import { errorOf, get, post, question } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

const CHAT = '/v1/chat/completions';

function setUp(options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  return { engine, handler: createHandler(engine, options) };
}

describe('the Host header', () => {
  it.each(['evil.example', 'evil.example:8484', '127.0.0.1.evil.example', '10.0.0.7'])(
    'that names %s is refused',
    async (host) => {
      const { handler } = setUp();
      const response = await handler.fetch(get('/v1/models', { host }));
      expect(response.status).toBe(403);
      expect(await errorOf(response)).toMatchObject({ code: 'host_not_allowed' });
    },
  );

  it.each(['localhost:1', '127.0.0.1', '[::1]:8484', 'app.localhost', 'Box.Internal'])(
    'that names %s is served',
    async (host) => {
      const { handler } = setUp({ allowedHosts: ['box.internal'] });
      expect((await handler.fetch(get('/v1/models', { host }))).status).toBe(200);
    },
  );

  it('may be an address when the server listens beyond loopback', async () => {
    const { handler } = setUp({ allowAddressHosts: true });
    expect((await handler.fetch(get('/healthz', { host: '10.0.0.7:80' }))).status).toBe(200);
    expect((await handler.fetch(get('/healthz', { host: 'evil.example' }))).status).toBe(403);
  });
});

describe('the Origin header', () => {
  it.each(['https://evil.example', 'null', 'http://127.0.0.1:9999'])(
    'that names %s is refused',
    async (origin) => {
      const { engine, handler } = setUp();
      const response = await handler.fetch(post(CHAT, question, { origin }));
      expect(response.status).toBe(403);
      expect(engine.calls).toEqual([]);
    },
  );

  it('that is the page of this server is served, without CORS headers', async () => {
    const { handler } = setUp();
    const response = await handler.fetch(post(CHAT, question, { origin: 'http://127.0.0.1:8484' }));
    expect(response.status).toBe(200);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('that was allowed gets CORS headers, also for its preflight and its errors', async () => {
    const { handler } = setUp({ allowedOrigins: ['https://app.example'] });
    const origin = { origin: 'https://app.example' };
    const preflight = await handler.fetch(
      new Request('http://127.0.0.1:8484/v1/models', { method: 'OPTIONS', headers: origin }),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const refused = await handler.fetch(post(CHAT, '{', origin));
    expect(refused.status).toBe(400);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('the API key', () => {
  it.each([undefined, 'Bearer wrong', 'Bearer s3cret2', 'Bearer', basic('wrong')])(
    'is missing or wrong: %s',
    async (authorization) => {
      const { handler } = setUp({ apiKey: 's3cret' });
      const response = await handler.fetch(
        get('/v1/models', authorization === undefined ? {} : { authorization }),
      );
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(JSON.stringify(await errorOf(response))).not.toContain('s3cret');
    },
  );

  it.each(['Bearer s3cret', basic('s3cret')])('opens the server: %s', async (authorization) => {
    const { handler } = setUp({ apiKey: 's3cret' });
    expect((await handler.fetch(get('/v1/models', { authorization }))).status).toBe(200);
  });

  it('is not asked for by health checks, but by the page', async () => {
    const { handler } = setUp({ apiKey: 's3cret', pageDirectory: pageDirectory() });
    expect((await handler.fetch(get('/healthz'))).status).toBe(200);
    expect((await handler.fetch(get('/readyz'))).status).toBe(200);
    expect((await handler.fetch(get('/'))).status).toBe(401);
  });
});

describe('a body', () => {
  it.each(['text/plain', 'multipart/form-data; boundary=a'])(
    'of type "%s" is refused',
    async (type) => {
      const { handler } = setUp();
      const response = await handler.fetch(post(CHAT, question, { 'content-type': type }));
      expect(response.status).toBe(415);
    },
  );

  it.each([
    ['of a type that nobody said', ''],
    ['that curl, which calls every body a form, sent', 'application/x-www-form-urlencoded'],
  ])('%s is read, but not from a page', async (_, type) => {
    const { handler } = setUp({ allowedOrigins: ['http://localhost:3000'] });
    const untyped = { 'content-type': type };
    expect((await handler.fetch(post(CHAT, question, untyped))).status).toBe(200);
    const page = { ...untyped, origin: 'http://localhost:3000' };
    expect((await handler.fetch(post(CHAT, question, page))).status).toBe(415);
  });

  it.each(['', '{', 'nonsense', '[1,2', '{"model": NaN}'])(
    'that is not JSON is refused: %s',
    async (body) => {
      const { handler } = setUp();
      const response = await handler.fetch(post(CHAT, body));
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ code: 'invalid_json' });
    },
  );

  it('cannot reach a prototype', async () => {
    const { engine, handler } = setUp();
    const body = `{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}},
      "model": "acme/echo", "messages": [{"role": "user", "content": "x"}]}`;
    const response = await handler.fetch(post(CHAT, body));
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe('__proto__, constructor');
    expect(Object.keys(engine.calls[0] ?? {})).toEqual(['model', 'messages']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a model name', () => {
  it.each([
    '../../etc',
    '/etc/passwd',
    '..%2F..%2Fetc',
    'a/../b',
    'a\u0000b',
    'a//b',
    'ａ/ｂ',
    '‮x',
  ])('that is a path is refused: %j', async (model) => {
    const { engine, handler } = setUp();
    const response = await handler.fetch(post(CHAT, { ...question, model }));
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param: 'model', code: 'invalid_model_id' });
    expect(engine.calls).toEqual([]);
    const path = `/v1/models/${encodeURIComponent(model)}`;
    expect((await handler.fetch(get(path))).status).toBe(400);
  });

  it('that is not served is not found', async () => {
    const { handler } = setUp();
    const response = await handler.fetch(post(CHAT, { ...question, model: 'gpt-4o' }));
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it('is found with its slash encoded or plain', async () => {
    const { handler } = setUp();
    for (const path of ['/v1/models/acme/echo', '/v1/models/acme%2Fecho']) {
      const response = await handler.fetch(get(path));
      expect(await response.json()).toMatchObject({
        id: 'acme/echo',
        object: 'model',
        owned_by: 'acme',
        context_length: 128,
      });
    }
  });

  it('says what it can do and how it is sampled unless asked otherwise', async () => {
    const { handler } = setUp();
    const answer: unknown = await (await handler.fetch(get('/v1/models/acme/echo'))).json();
    const model = OpenAIModelSchema.parse(answer);
    expect(model.capabilities).toMatchObject({
      tools: true,
      tool_format: 'generic',
      structured_output: true,
      embedding_size: 3,
      vision: null,
    });
    expect(model.limits).toEqual({ context_length: 128, max_tokens: 64, max_temperature: 2 });
    expect(model.sampling_defaults).toEqual({ temperature: 0.6, top_p: 0.95 });
  });

  it('says nothing of that while it is being loaded', async () => {
    const { engine, handler } = setUp();
    engine.healthy = false;
    const answer: unknown = await (await handler.fetch(get('/v1/models'))).json();
    expect(OpenAIModelListSchema.parse(answer).data[0]).not.toHaveProperty('capabilities');
  });
});

describe('the page', () => {
  it('comes with a strict policy and without a way out of its directory', async () => {
    const { handler } = setUp({ pageDirectory: pageDirectory() });
    const page = await handler.fetch(get('/'));
    expect(await page.text()).toBe('<!doctype html>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await handler.fetch(get('/assets/app-123.js'));
    expect(asset.headers.get('cache-control')).toContain('immutable');
    for (const path of ['/..%2fsecret', '/%2e%2e/secret', '/assets/..%5c..%5csecret', '/assets']) {
      expect((await handler.fetch(get(path))).status, path).toBe(404);
    }
  });
});

it('every response carries a request id, the client’s own where it is harmless', async () => {
  const { handler } = setUp();
  const own = await handler.fetch(get('/nowhere', { 'x-request-id': 'trace-1' }));
  expect(own.status).toBe(404);
  expect(own.headers.get('x-request-id')).toBe('trace-1');
  const replaced = await handler.fetch(get('/healthz', { 'x-request-id': 'a b"c' }));
  expect(replaced.headers.get('x-request-id')).toMatch(/^req_/);
});

function basic(password: string): string {
  return `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;
}

function pageDirectory(): string {
  const root = mkdtempSync(join(tmpdir(), 'page-'));
  writeFileSync(join(root, 'secret'), 'secret');
  const directory = join(root, 'dist');
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), '<!doctype html>');
  writeFileSync(join(directory, 'assets', 'app-123.js'), 'export {}');
  return directory;
}
