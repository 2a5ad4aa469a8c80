import { EmbeddingListSchema } from '@mlx/schemas';
import { RerankListSchema } from '@mlx/schemas/endpoints';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp() {
  const handler = createHandler(new ScriptedEngine());
  const call = (path: string, body: object) => handler.fetch(post(path, { model: MODEL, ...body }));
  return {
    embed: (body: object) => call('/v1/embeddings', body),
    rerank: (body: object) => call('/v1/rerank', body),
  };
}

describe('embeddings', () => {
  it('are numbers, in order, with usage', async () => {
    const { embed } = setUp();
    const response = await embed({ input: ['a', 'bcd'] });
    expect(EmbeddingListSchema.parse(await response.json())).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 2, 0.1] },
        { object: 'embedding', index: 1, embedding: [3, 2, 0.1] },
      ],
      model: MODEL,
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
  });

  it('come in base64 when asked for, and as short as asked for', async () => {
    const { embed } = setUp();
    const response = await embed({ input: 'abc', encoding_format: 'base64', dimensions: 2 });
    const { data } = EmbeddingListSchema.parse(await response.json());
    const bytes = Buffer.from(String(data[0]?.embedding), 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.length]).toEqual([3, 1, 8]);
  });

  it.each([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    [{ input: 'a', model: 'nobody/nothing' }, 'model'],
  ])('refuse %j by name', async (body, param) => {
    const { embed } = setUp();
    const response = await embed(body);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect((await errorOf(response)).param).toMatch(new RegExp(`^${param}`));
  });
});

describe('reranking', () => {
  const documents = ['long document', { text: 'the longest document' }, 'short'];

  it('puts the best document first', async () => {
    const { rerank } = setUp();
    const response = await rerank({ query: 'q', documents });
    const { results, usage } = RerankListSchema.parse(await response.json());
    expect(results.map(({ index }) => index)).toEqual([1, 0, 2]);
    expect(results[0]).not.toHaveProperty('document');
    expect(usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
  });

  it('brings as many documents as asked for', async () => {
    const { rerank } = setUp();
    const response = await rerank({ query: 'q', documents, top_n: 1, return_documents: true });
    const { results } = RerankListSchema.parse(await response.json());
    expect(results).toMatchObject([{ index: 1, document: { text: 'the longest document' } }]);
  });

  it.each([
    [{ query: 'q' }, 'documents'],
    [{ query: 'q', documents: [] }, 'documents'],
    [{ documents }, 'query'],
    [{ query: 'q', documents, top_n: -1 }, 'top_n'],
    [{ query: 'q', documents, rank_fields: ['a'] }, 'rank_fields'],
  ])('refuses %j by name', async (body, param) => {
    const { rerank } = setUp();
    const response = await rerank(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param });
  });
});
