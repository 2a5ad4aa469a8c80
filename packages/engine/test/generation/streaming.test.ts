import { setTimeout as delay } from 'node:timers/promises';
import { GeneratorChunkSchema } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { loadedEngine } from '../support/fake-engine.js';
import { readAll, textOf } from '../support/chunks.js';

test('a stream is token chunks, then one metadata chunk with stats', async () => {
  const { engine } = await loadedEngine();
  const chunks = await readAll(
    engine.createGenerator({ model: 'm', prompt: 'one two three', maxTokens: 20 }),
  );
  for (const chunk of chunks) expect(GeneratorChunkSchema.parse(chunk)).toEqual(chunk);
  expect(chunks.slice(0, -1).every(({ type }) => type === 'token')).toBe(true);
  const end = chunks.at(-1);
  expect(end).toMatchObject({
    type: 'metadata',
    finishReason: 'length',
    stats: { tokensGenerated: 20, modelId: 'm', promptTokens: 3 },
  });
  if (end?.type !== 'metadata') throw new Error('no metadata');
  const { timeToFirstToken, totalTime, tokensPerSecond } = end.stats;
  expect(timeToFirstToken).toBeGreaterThan(0);
  expect(totalTime).toBeGreaterThanOrEqual(timeToFirstToken);
  expect(tokensPerSecond).toBeGreaterThan(0);
});

test('chunks carry every token id, in order', async () => {
  const { engine } = await loadedEngine();
  const chunks = await readAll(engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 50 }));
  const ids = chunks.flatMap((chunk) => (chunk.type === 'token' ? (chunk.tokenIds ?? []) : []));
  expect(ids).toHaveLength(50);
  expect(ids.map((id) => `t${id} `).join('')).toBe(textOf(chunks));
});

test('nothing is generated before the first next()', async () => {
  const { engine } = await loadedEngine();
  engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 5 });
  await delay(20);
  expect((await engine.getBatchStats('m')).requests.admitted).toBe(0);
});

test('a slow consumer finds what piled up in one chunk', async () => {
  const { engine } = await loadedEngine();
  const sizes: number[] = [];
  for await (const chunk of engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 100 })) {
    if (chunk.type === 'token') sizes.push(chunk.tokenIds?.length ?? 0);
    await delay(5);
  }
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100);
  expect(sizes.length).toBeLessThan(20);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
});

test('a consumer that stops taking pauses its own row only', async () => {
  const { engine } = await loadedEngine({
    stream_registry: { backpressure: { max_unacked_chunks: 16 } },
  });
  const slow = engine.createGenerator({ model: 'm', prompt: 'slow', maxTokens: 5000 });
  await slow.next();
  await engine.generate({ model: 'm', prompt: 'fast', maxTokens: 500 });
  const { tokens, rows } = await engine.getBatchStats('m');
  expect(rows.paused).toBe(1);
  expect(tokens.generated).toBeLessThan(1500);
  await slow.return();
});

test('streaming: false gives the whole text in one chunk', async () => {
  const { engine } = await loadedEngine();
  const chunks = await readAll(
    engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 300, streaming: false }),
  );
  expect(chunks.map(({ type }) => type)).toEqual(['token', 'metadata']);
});

test('n answers come with their index, each as if it had been asked for alone', async () => {
  const { engine } = await loadedEngine();
  const params = { model: 'm', prompt: 'one two', maxTokens: 30, seed: 5 };
  const chunks = await readAll(engine.createGenerator({ ...params, n: 3 }));
  const ends = chunks.filter(({ type }) => type === 'metadata');
  expect(new Set(ends.map(({ index }) => index))).toEqual(new Set([0, 1, 2]));
  for (const index of [0, 1, 2]) {
    const alone = await engine.generate({ ...params, seed: 5 + index });
    expect(textOf(chunks, index)).toBe(alone);
  }
});

test('generate returns the text of the stream, and concurrent next() calls get every chunk once', async () => {
  const { engine } = await loadedEngine();
  const params = { model: 'm', prompt: 'a b', maxTokens: 10 };
  const stream = engine.createGenerator(params);
  const results = await Promise.all(Array.from({ length: 15 }, () => stream.next()));
  const chunks = results.flatMap(({ value }) => value ?? []);
  expect(textOf(chunks)).toBe(await engine.generate(params));
  expect(results.at(-1)).toEqual({ value: undefined, done: true });
});
