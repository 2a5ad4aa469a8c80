import type { KnownModelInfo } from '@mlx/engine';
import { EngineClientError } from '@mlx/schemas';
import { OpenAIModelListSchema } from '@mlx/schemas/endpoints';
import { expect, it } from 'vitest';
import { createHandler, type HandlerOptions } from '../src/index.js';
import { toKeepAliveMs } from '../src/models/keep-alive.js';
import { errorOf, get, post, question } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

interface Acquired {
  readonly model: string;
  readonly keepAliveMs?: number | undefined;
  readonly pinned?: boolean | undefined;
}

/** An engine whose models come and go: those in `known`. */
class ModelsEngine extends ScriptedEngine {
  readonly acquired: Acquired[] = [];
  held = 0;
  failure: EngineClientError | undefined;
  readonly known = new Map<string, KnownModelInfo['state']>([
    [MODEL, 'ready'],
    ['my model', 'unloaded'],
    ['Modèle', 'loading'],
    ['/models/by/path', 'failed'],
  ]);

  async knownModels(): Promise<KnownModelInfo[]> {
    const [handle] = await this.listModels();
    return [...this.known].map(([id, state]) => ({
      id,
      state,
      activeRequests: this.held,
      pinned: false,
      ...(state === 'unloaded' || !handle ? {} : { handle }),
      ...(state === 'loading'
        ? {
            progress: {
              phase: 'load',
              message: 'Loading weights',
              done: 1,
              total: 4,
              unit: 'bytes',
            },
          }
        : {}),
      ...(state === 'ready' ? { memoryBytes: 10, expiresAt: 5000 } : {}),
    }));
  }

  async acquireModel(
    model: string,
    { keepAliveMs, pinned }: { keepAliveMs?: number; pinned?: boolean } = {},
  ) {
    if (this.failure) throw this.failure;
    if (!this.known.has(model)) throw new EngineClientError('ModelNotLoaded', 'unknown');
    this.acquired.push({ model, keepAliveMs, pinned });
    this.known.set(model, 'ready');
    this.held += 1;
    const release = () => {
      this.held -= 1;
    };
    const [handle] = await this.listModels();
    if (!handle) throw new Error('No model');
    return { handle, loadMs: 1, release, [Symbol.dispose]: release };
  }

  async unloadModel(model: string): Promise<void> {
    if (this.known.get(model) !== 'ready')
      throw new EngineClientError('ModelNotLoaded', 'not here');
    this.known.set(model, 'unloaded');
  }
}

function setUp(options: HandlerOptions = {}) {
  const engine = new ModelsEngine();
  const handler = createHandler(engine, options);
  const ask = (path: string, body: object) => handler.fetch(post(path, body));
  return { engine, handler, ask };
}

it('models are listed with their state, whatever they are called', async () => {
  const { handler } = setUp({ aliases: { 'gpt-4o': 'my model' } });
  const response = await handler.fetch(get('/v1/models'));
  const { data } = OpenAIModelListSchema.parse(await response.json());
  expect(data).toMatchObject([
    { id: MODEL, state: 'loaded', memory_bytes: 10, expires_at: 5, active_requests: 0 },
    { id: 'my model', state: 'unloaded' },
    { id: 'Modèle', state: 'loading', progress: 0.25, step: 'Loading weights' },
    { id: '/models/by/path', state: 'failed' },
    { id: 'gpt-4o', state: 'unloaded' },
  ]);
  expect(data[1]).not.toHaveProperty('capabilities');
});

it.each(['my model', 'Modèle', '/models/by/path', MODEL])(
  'what is listed can be asked for: %s',
  async (model) => {
    const { engine, handler, ask } = setUp();
    expect((await ask('/v1/chat/completions', { ...question, model })).status).toBe(200);
    expect(engine.acquired).toMatchObject([{ model }]);
    expect(engine.held).toBe(0);
    const described = await handler.fetch(get(`/v1/models/${encodeURIComponent(model)}`));
    expect(await described.json()).toMatchObject({ id: model, state: 'loaded' });
  },
);

it('a stream holds its model until it is over', async () => {
  const { engine, ask } = setUp();
  const response = await ask('/v1/chat/completions', { ...question, stream: true });
  expect(engine.held).toBe(1);
  await response.text();
  await expect.poll(() => engine.held).toBe(0);
});

it.each([
  ['/v1/chat/completions', { ...question, keep_alive: '5m' }, 300_000],
  ['/v1/chat/completions', { ...question, ttl: 60 }, 60_000],
  ['/v1/embeddings', { model: MODEL, input: 'a', keep_alive: -1 }, -1],
  ['/api/chat', { ...question, keep_alive: 0 }, 0],
  ['/api/generate', { model: MODEL, keep_alive: '1h30m' }, 5_400_000],
])('%s says how long its model stays', async (path, body, keepAliveMs) => {
  const { engine, ask } = setUp();
  const response = await ask(path, body);
  expect(response.status).toBe(200);
  expect(response.headers.has('mlx-ignored')).toBe(false);
  expect(engine.acquired).toMatchObject([{ model: MODEL, keepAliveMs }]);
  await response.text();
});

it('a duration is seconds or a number with a unit', async () => {
  expect(toKeepAliveMs('10')).toBe(10_000);
  expect(toKeepAliveMs('1.5s')).toBe(1500);
  expect(toKeepAliveMs('-5m')).toBe(-1);
  expect(toKeepAliveMs(null)).toBeUndefined();
  const { ask } = setUp();
  const refused = await ask('/v1/chat/completions', { ...question, keep_alive: 'soon' });
  expect(refused.status).toBe(400);
  expect(await errorOf(refused)).toMatchObject({ param: 'keep_alive' });
});

it('Ollama’s way to unload a model is honoured, and to load one', async () => {
  const { engine, ask } = setUp();
  const unloaded = await ask('/api/generate', { model: `${MODEL}:latest`, keep_alive: 0 });
  expect(await unloaded.json()).toMatchObject({ done: true, done_reason: 'unload' });
  expect(engine.known.get(MODEL)).toBe('unloaded');
  expect((await ask('/api/generate', { model: MODEL, keep_alive: 0 })).status).toBe(200);
  expect(engine.acquired).toEqual([]);
  const loaded = await ask('/api/chat', { model: MODEL });
  expect(await loaded.json()).toMatchObject({ done_reason: 'load' });
  expect(engine.known.get(MODEL)).toBe('ready');
});

it.each([true, false])('models are loaded and unloaded by route, waiting: %s', async (wait) => {
  const { engine, ask } = setUp();
  const loaded = await ask('/v1/models/load', {
    model: 'my model',
    keep_alive: '1m',
    pinned: true,
    wait,
  });
  expect(await loaded.json()).toMatchObject({ id: 'my model', state: 'loaded' });
  expect(engine.acquired).toEqual([{ model: 'my model', keepAliveMs: 60_000, pinned: true }]);
  const unloaded = await ask('/v1/models/unload', { model: 'my model' });
  expect(await unloaded.json()).toMatchObject({ id: 'my model', state: 'unloaded' });
  for (const path of ['/v1/models/load', '/v1/models/unload']) {
    const unknown = await ask(path, { model: 'acme/other' });
    expect(unknown.status).toBe(404);
    expect((await errorOf(unknown)).message).toContain(`Served: ${MODEL}, my model`);
  }
});

it('a load that takes longer than requests wait is told with the time to come back', async () => {
  const { engine, ask } = setUp();
  engine.failure = new EngineClientError('Timeout', 'too long');
  const response = await ask('/v1/chat/completions', { ...question, model: 'Modèle' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect((await errorOf(response)).message).toContain('Loading weights');
});

it('files are removed on the command line only', async () => {
  const { handler } = setUp();
  const request = new Request(get(`/v1/models/${MODEL}`), { method: 'DELETE' });
  const response = await handler.fetch(request);
  expect(response.status).toBe(405);
  expect((await errorOf(response)).message).toContain('mlx-serve rm');
});
