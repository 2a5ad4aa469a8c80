import { EmbeddingsSchema, RerankingSchema, TextScoreSchema } from '@mlx/schemas';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/chunks.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { loadedEngine } from '../support/fake-engine.js';

// The fake's vectors hold a text's number of tokens, its first and last token, and a 1.
describe('embed', () => {
  test('gives the vectors of texts alone, from the one model that is loaded', async () => {
    const { engine } = await loadedEngine();
    const [short, long] = await engine.embed(['a', 'a a b']);
    expect(short).toEqual([1, 97, 97, 1]);
    expect(long).toEqual([3, 97, 98, 1]);
    expect(await engine.embed('a')).toEqual([short]);
  });

  test('of a request also says how, and counts its tokens', async () => {
    const { engine } = await loadedEngine();
    const input = [[7, 8], [9]];
    const request = { model: 'm', input, pooling: 'last' as const, dimensions: 2 };
    const result = await engine.embed(request);
    expect(EmbeddingsSchema.parse(result)).toEqual({
      model: 'm',
      embeddings: [
        [2, 7],
        [1, 9],
      ],
      pooling: 'last',
      promptTokens: 3,
    });
  });

  test('gives vectors to send on as the runtime wrote them', async () => {
    const { engine } = await loadedEngine();
    const asked = { model: 'm', input: 'a', encoding: 'base64' as const };
    const { embeddings } = await engine.embed(asked);
    const [bytes] = embeddings.map((vector) => Buffer.from(String(vector), 'base64'));
    expect(bytes?.readFloatLE(4)).toBe(97);
    expect(bytes).toHaveLength(16);
  });

  test('takes the tokens of one text as one input', async () => {
    const { engine } = await loadedEngine();
    const { embeddings } = await engine.embed({ model: 'm', input: [7, 8, 9] });
    expect(embeddings).toEqual([[3, 7, 9, 1]]);
  });

  test('names what it cannot honour', async () => {
    const { engine } = await loadedEngine();
    const request = { model: 'm', input: 'a', pooling: 'max' };
    // @ts-expect-error: no such pooling
    expect(await rejection(engine.embed(request))).toMatchObject({
      code: 'InvalidParams',
      details: { field: 'pooling' },
    });
    expect(await rejection(engine.embed([]))).toMatchObject({ code: 'InvalidParams' });
    expect(await rejection(engine.embed({ model: 'x', input: 'a' }))).toMatchObject({
      code: 'ModelNotLoaded',
    });
  });

  test('passes on which text the runtime refused', async () => {
    const data = { type: 'context_length_exceeded', param: 'input.1' };
    const error = { type: 'error' as const, code: -32602, message: 'Too long', data };
    const { engine } = await loadedEngine(
      {},
      { faults: [{ when: { request: 'embed' }, action: error }] },
    );
    expect(await rejection(engine.embed(['a', 'b']))).toMatchObject({
      code: 'InvalidParams',
      details: data,
    });
  });

  test('ends with AbortError when its signal aborts, and at its time limit', async () => {
    const ignore = { when: { request: 'embed' }, action: { type: 'ignore' } } as const;
    const { engine } = await loadedEngine({}, { faults: [ignore] });
    const controller = new AbortController();
    const call = rejection(engine.embed('a', { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect(await call).toMatchObject({ code: 'Cancelled', name: 'AbortError' });
  });

  test('may take longer than other calls', async () => {
    const ignore = { when: { request: 'embed' }, action: { type: 'ignore' } } as const;
    const config = {
      json_rpc: { default_timeout_ms: 1 },
      stream_registry: { default_timeout_ms: 1000 },
    };
    const { engine } = await loadedEngine(config, { faults: [ignore] });
    expect(await rejection(engine.embed('a'))).toMatchObject({
      code: 'Timeout',
      details: { timeoutMs: 1000 },
    });
  });

  test('is repeated in the process that replaces a dead one', async () => {
    const crash = { when: { request: 'embed' }, action: { type: 'exit', code: 1 } } as const;
    const { engine } = await loadedEngine({}, { faults: [crash] }, {});
    expect(await engine.embed('a')).toEqual([[1, 97, 97, 1]]);
  });
});

// The fake's tokens are the less likely the further they are from the beginning.
describe('score', () => {
  test('reports each token, the sum and the perplexity', async () => {
    const { engine } = await loadedEngine();
    const [text, single] = await engine.score(['a b c', 'a']);
    expect(TextScoreSchema.parse(text)).toEqual({
      tokens: [
        { token: 97, text: 't97 ', logprob: null, top: [] },
        { token: 98, text: 't98 ', logprob: -1, top: [] },
        { token: 99, text: 't99 ', logprob: -2, top: [] },
      ],
      logprob: -3,
      perplexity: Math.exp(1.5),
    });
    expect(single).toMatchObject({ logprob: 0, perplexity: null });
  });

  test('brings the alternatives that were asked for', async () => {
    const { engine } = await loadedEngine();
    const [text] = await engine.score({ model: 'm', input: 'a b', topLogprobs: 2 });
    expect(text?.tokens[1]?.top).toHaveLength(2);
    const tooMany = engine.score({ model: 'm', input: 'a b', topLogprobs: 21 });
    expect(await rejection(tooMany)).toMatchObject({ details: { field: 'topLogprobs' } });
  });
});

// The fake finds longer documents better.
describe('rerank', () => {
  const documents = ['one', 'one two three', 'one two'];

  test('orders documents by their scores', async () => {
    const { engine } = await loadedEngine();
    const result = await engine.rerank({ model: 'm', query: 'q', documents });
    expect(RerankingSchema.parse(result).results.map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(result.results[0]?.document).toBe('one two three');
    expect(result.promptTokens).toBeGreaterThan(100);
  });

  test('keeps the best of them', async () => {
    const { engine } = await loadedEngine();
    const { results } = await engine.rerank({ model: 'm', query: 'q', documents, topN: 1 });
    expect(results).toMatchObject([{ index: 1 }]);
  });

  test('needs documents', async () => {
    const { engine } = await loadedEngine();
    const empty = engine.rerank({ model: 'm', query: 'q', documents: [] });
    expect(await rejection(empty)).toMatchObject({ details: { field: 'documents' } });
  });
});

test('every call that reads texts tells its listeners how many tokens it read', async () => {
  const { engine } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  await engine.embed(['a', 'a a b']);
  await engine.score('a b c');
  const { promptTokens } = await engine.rerank({ model: 'm', query: 'q', documents: ['one'] });
  const told = { model: 'm', totalTime: expect.any(Number) };
  expect(recorder.of('pooling:completed')).toEqual([
    expect.objectContaining({ ...told, method: 'embed', promptTokens: 4 }),
    expect.objectContaining({ ...told, method: 'score', promptTokens: 3 }),
    expect.objectContaining({ ...told, method: 'rerank', promptTokens }),
  ]);
});
