import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cosineSimilarity, createEngine, type Engine } from '@mlx/engine';
import { EmbeddingListSchema } from '@mlx/schemas';
import { OpenAIModelListSchema, RerankListSchema, ScoreListSchema } from '@mlx/schemas/endpoints';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { errorOf, get, post } from '../support/requests.js';
import { writeWordEncoder } from '../support/word-encoder.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'mlx-encoders-'));
let engine: Engine;
let handler: Handler;

beforeAll(async () => {
  engine = createEngine();
  handler = createHandler(engine);
  for (const [id, judges] of Object.entries({ embedder: false, reranker: true })) {
    writeWordEncoder(join(folder, id), { judges });
    await engine.loadModel({ model: { id, path: join(folder, id) } });
  }
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

async function vectorsOf(body: object): Promise<number[][]> {
  const response = await ask('/v1/embeddings', { model: 'embedder', ...body });
  const { data } = EmbeddingListSchema.parse(await response.json());
  return data.map(({ embedding }) => embedding as number[]);
}

const ask = async (path: string, body: object) => handler.fetch(post(path, body));

it('makes vectors of texts that are alike where the texts are', async () => {
  const input = ['paris france', 'paris capital', 'yellow banana'];
  const [paris = [], capital = [], banana = []] = await vectorsOf({ input });

  expect(cosineSimilarity(paris, capital)).toBeGreaterThan(cosineSimilarity(paris, banana) + 0.2);
});

it('puts the prompt of a name before each text', async () => {
  const [named] = await vectorsOf({ input: 'paris', prompt_name: 'query' });
  const [written] = await vectorsOf({ input: 'query: paris' });
  const unknown = { model: 'embedder', input: 'paris', prompt_name: 'passage' };
  const refused = await ask('/v1/embeddings', unknown);

  expect(named).toEqual(written);
  expect(refused.status).toBe(400);
  expect((await errorOf(refused)).message).toContain('document, query');
});

it('orders documents by what a cross-encoder says of pairs, and scores them', async () => {
  const documents = ['yellow banana', 'paris capital', 'france'];
  const query = 'capital france';
  const body = { model: 'reranker', query, documents };
  const ranked = RerankListSchema.parse(await (await ask('/v1/rerank', body)).json());
  const pairs = { model: 'reranker', text_1: query, text_2: documents };
  const scored = ScoreListSchema.parse(await (await ask('/v1/score', pairs)).json());

  expect(ranked.results[0]?.index).toBe(1);
  expect(ranked.results[0]?.relevance_score).toBeGreaterThan(0.5);
  const byIndex = ranked.results.toSorted((left, right) => left.index - right.index);
  expect(scored.data.map(({ score }) => score)).toEqual(
    byIndex.map(({ relevance_score: score }) => score),
  );
});

it('refuses by name what the models do not do', async () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const refusals = [
    ['/v1/chat/completions', { model: 'embedder', messages }, "'embedder' makes embeddings"],
    ['/v1/completions', { model: 'reranker', prompt: 'Hi' }, "'reranker' reranks documents"],
    ['/v1/rerank', { model: 'embedder', query: 'a', documents: ['b'] }, 'does not rerank'],
    ['/v1/embeddings', { model: 'reranker', input: 'paris' }, 'cross-encoder'],
    [
      '/v1/rerank',
      { model: 'reranker', query: 'a', documents: ['b'], instruction: 'c' },
      'takes none',
    ],
  ] as const;
  for (const [path, body, named] of refusals) {
    const response = await ask(path, body);
    expect([response.status, (await errorOf(response)).message]).toEqual([
      400,
      expect.stringContaining(named),
    ]);
  }
});

it('tells in the list of models what each can do', async () => {
  const response = await handler.fetch(get('/v1/models'));
  const { data } = OpenAIModelListSchema.parse(await response.json());
  const known = Object.fromEntries(data.map(({ id, capabilities }) => [id, capabilities]));

  expect(known['embedder']).toMatchObject({
    generation: false,
    chat: false,
    embedding_size: 16,
    embedding_prompts: ['query', 'document'],
  });
  expect(known['embedder']?.reranking).toBeUndefined();
  expect(known['reranker']).toMatchObject({ generation: false, reranking: 'pairs' });
  expect(known['reranker']?.embedding_size).toBeUndefined();
});
