import { OllamaProcessesSchema, OllamaShowSchema, OllamaTagsSchema } from '@mlx/schemas/ollama';
import { describe, expect, it } from 'vitest';
import { get } from '../support/requests.js';
import { setUpOllama } from '../support/ollama-client.js';
import { MODEL } from '../support/scripted-engine.js';

describe('the models', () => {
  it('are listed, those that are loaded also as processes', async () => {
    const { engine, read } = setUpOllama();
    const tags = OllamaTagsSchema.parse(await (await read('/api/tags')).json());
    expect(tags.models).toMatchObject([
      { name: MODEL, model: MODEL, details: { format: 'safetensors' } },
    ]);
    expect(tags.models[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
    const processes = OllamaProcessesSchema.parse(await (await read('/api/ps')).json());
    expect(processes.models).toMatchObject([{ name: MODEL, context_length: 128 }]);
    engine.healthy = false;
    expect(await (await read('/api/ps')).json()).toEqual({ models: [] });
  });

  it.each([{ model: MODEL }, { name: `${MODEL}:latest`, model: undefined }])(
    'are shown with what they can do, asked for by %j',
    async (asked) => {
      const { ask } = setUpOllama();
      const shown = OllamaShowSchema.parse(await (await ask('/api/show', asked)).json());
      expect(shown.capabilities).toEqual(['completion', 'tools', 'embedding']);
      expect(shown.parameters).toBe('temperature 0.6\ntop_p 0.95');
      expect(shown.model_info).toMatchObject({ 'unknown.context_length': 128 });
    },
  );

  it.each(['/api/show', '/api/chat', '/api/generate', '/api/embed'])(
    'that are not served are not found by %s',
    async (path) => {
      const { ask } = setUpOllama();
      const body = { model: 'other', prompt: 'a', input: 'a', messages: [{ role: 'user' }] };
      const response = await ask(path, body);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: expect.stringContaining("'other'") });
    },
  );

  it.each(['copy', 'create', 'pull', 'push'])(
    'are not changed by %s, which says where they are chosen',
    async (command) => {
      const { ask } = setUpOllama();
      const response = await ask(`/api/${command}`, {});
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringContaining('--model') });
    },
  );
});

describe('embeddings', () => {
  it('are made of one text or of several', async () => {
    const { ask } = setUpOllama();
    const one = await ask('/api/embed', { input: 'abc' });
    expect(await one.json()).toMatchObject({ model: MODEL, embeddings: [[3, 1, 0.1]] });
    const two = await ask('/api/embed', { input: ['abc', 'a'], dimensions: 2 });
    expect(await two.json()).toMatchObject({
      embeddings: [
        [3, 2],
        [1, 2],
      ],
      prompt_eval_count: 2,
      total_duration: expect.any(Number),
    });
    expect(await (await ask('/api/embed', { input: [] })).json()).toMatchObject({ embeddings: [] });
  });

  it('have an older form for one text', async () => {
    const { ask } = setUpOllama();
    const response = await ask('/api/embeddings', { prompt: 'abc' });
    expect(await response.json()).toEqual({ embedding: [3, 1, 0.1] });
  });
});

it('the version is one that clients compare', async () => {
  const { read } = setUpOllama();
  expect(await (await read('/api/version')).json()).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  });
});

it.each(['GET', 'HEAD'])(
  '%s / says that a server runs, where no page is served',
  async (method) => {
    const { handler } = setUpOllama();
    const response = await handler.fetch(new Request(get('/'), { method }));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(method === 'GET' ? 'Ollama is running' : '');
  },
);

it('what is not there is told in Ollama’s form', async () => {
  const { read } = setUpOllama();
  const response = await read('/api/blobs/sha256:0');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});
