import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineClientError } from '@mlx/schemas';
import { OpenAIModelListSchema } from '@mlx/schemas/endpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { withAdapters } from '../src/serve/model-choice.js';
import { AdapterEngine } from './support/adapter-engine.js';
import { errorOf, get, post, question } from './support/requests.js';
import { MODEL } from './support/scripted-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'adapters-'));
const outside = mkdtempSync(join(tmpdir(), 'outside-'));

beforeAll(async () => {
  await mkdir(join(folder, 'chat'));
  symlinkSync(outside, join(folder, 'link'));
});

afterAll(() => {
  for (const each of [folder, outside]) rmSync(each, { recursive: true, force: true });
});

function setUp(adapterDirectories: readonly string[] = [folder]) {
  const engine = new AdapterEngine();
  const handler = createHandler(engine, { adapterDirectories });
  const ask = (path: string, body: object) => handler.fetch(post(path, body));
  return { engine, handler, ask };
}

const chat = (fields: object) => ({ messages: [{ role: 'user', content: 'Hi' }], ...fields });

describe('a request with an adapter', () => {
  it.each([
    ['/v1/chat/completions', chat({ model: `${MODEL}:sql` })],
    ['/v1/chat/completions', chat({ model: 'sql' })],
    ['/v1/chat/completions', chat({ model: MODEL, lora_adapter: 'sql' })],
    ['/v1/completions', { model: 'sql', prompt: 'Hi' }],
    ['/v1/messages', chat({ model: `${MODEL}:sql`, max_tokens: 9 })],
    ['/v1/responses', { model: `${MODEL}:sql`, input: 'Hi' }],
    ['/api/chat', chat({ model: `${MODEL}:sql`, stream: false })],
  ])('of %s reaches the engine: %j', async (path, body) => {
    const { engine, ask } = setUp();
    const response = await ask(path, body);
    expect(response.status).toBe(200);
    expect(engine.calls).toMatchObject([{ model: MODEL, adapter: 'sql' }]);
  });

  it.each([
    ['/v1/tokenize', { prompt: 'Hi' }],
    ['/v1/messages/count_tokens', chat({})],
    ['/v1/responses/input_tokens', { input: 'Hi' }],
  ])('is read by %s as its model is', async (path, body) => {
    const { ask } = setUp();
    const [alone, adapted] = await Promise.all(
      [MODEL, 'sql'].map(async (model) => (await ask(path, { ...body, model })).json()),
    );
    expect(adapted).toEqual(alone);
  });

  it.each([
    ['/v1/embeddings', { input: 'Hi' }],
    ['/v1/rerank', { query: 'Hi', documents: ['Hi'] }],
    ['/v1/score', { text_1: 'Hi', text_2: 'Hi' }],
    ['/api/embed', { input: 'Hi' }],
  ])('is refused by %s, which wants no text', async (path, body) => {
    const { ask } = setUp();
    for (const model of ['sql', `${MODEL}:sql`]) {
      const response = await ask(path, { ...body, model });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(`Name '${MODEL}'`);
    }
  });

  it('that is not there is a model that is not served', async () => {
    const { ask } = setUp();
    const response = await ask('/v1/chat/completions', { ...question, model: `${MODEL}:none` });
    expect(response.status).toBe(404);
  });
});

it('adapters are listed as models with their parent, and described', async () => {
  const { handler } = setUp();
  const list = await handler.fetch(get('/v1/models'));
  const { data } = OpenAIModelListSchema.parse(await list.json());
  expect(data.map(({ id, parent }) => [id, parent])).toEqual([
    [MODEL, undefined],
    [`${MODEL}:sql`, MODEL],
  ]);
  const one = await handler.fetch(get(`/v1/models/${MODEL}:sql`));
  expect(await one.json()).toMatchObject({ id: `${MODEL}:sql`, parent: MODEL });
});

describe('adapters come and go over HTTP', () => {
  it('below the folders that are allowed', async () => {
    const { engine, ask } = setUp();
    const body = { lora_name: 'chat', lora_path: join(folder, 'chat') };
    const loaded = await ask('/v1/load_lora_adapter', body);
    expect(await loaded.json()).toMatchObject({ id: `${MODEL}:chat`, parent: MODEL });
    await ask('/v1/load_lora_adapter', { ...body, load_inplace: true });
    const unloaded = await ask('/v1/unload_lora_adapter', { lora_name: 'chat' });
    expect(await unloaded.json()).toEqual({ id: 'chat', object: 'model', state: 'unloaded' });
    expect([...engine.adapters.keys()]).toEqual(['sql']);
  });

  it.each([outside, join(folder, 'link'), join(folder, '..'), '/nowhere'])(
    'never from %s',
    async (lora_path) => {
      const { engine, ask } = setUp();
      const response = await ask('/v1/load_lora_adapter', { lora_name: 'x', lora_path });
      expect(response.status).toBe(403);
      expect(await errorOf(response)).toMatchObject({ param: 'lora_path' });
      expect(engine.adapters.size).toBe(1);
    },
  );

  it('and what is wrong with them is told by the names of the body', async () => {
    const { engine, ask } = setUp();
    engine.unloadAdapter = async () => {
      throw new EngineClientError('InvalidParams', "'x' has no adapter 'a'", {
        details: { field: 'name' },
      });
    };
    const response = await ask('/v1/unload_lora_adapter', { lora_name: 'a' });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param: 'lora_name' });
  });

  it('from nowhere where no folder is allowed', async () => {
    const { ask } = setUp([]);
    const body = { lora_name: 'x', lora_path: join(folder, 'chat') };
    const response = await ask('/v1/load_lora_adapter', body);
    expect(await errorOf(response)).toMatchObject({
      message: expect.stringContaining('model.trusted_model_directories'),
    });
  });
});

it('--adapter gives the first model its adapters, or the one that it names', () => {
  const models = [{ model: 'a/one' }, { model: 'two=/models/two' }];
  expect(withAdapters(models, ['sql=/x', 'two:sql=./y=z', 'chat=b/c'])).toMatchObject([
    { adapters: { sql: '/x', chat: 'b/c' } },
    { adapters: { sql: './y=z' } },
  ]);
  expect(() => withAdapters(models, ['sql'])).toThrow('name=path');
  expect(() => withAdapters(models, ['three:sql=/x'])).toThrow("no --model 'three'");
  expect(() => withAdapters(models, ['sql=/x', 'sql=/y'])).toThrow('twice');
});
