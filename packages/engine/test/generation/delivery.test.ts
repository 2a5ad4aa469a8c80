import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAll, textOf } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';

const params = { model: 'm', prompt: 'x', maxTokens: 60 };

test('flush_interval_ms gathers tokens into fewer chunks', async () => {
  const script = { generation: { stepMs: 1 } };
  const { engine } = await loadedEngine({ batch_queue: { flush_interval_ms: 40 } }, script);
  const chunks = await readAll(engine.createGenerator(params));
  const tokens = chunks.filter(({ type }) => type === 'token');
  expect(tokens.length).toBeGreaterThan(1);
  expect(tokens.length).toBeLessThan(20);
  const plain = await loadedEngine();
  expect(textOf(chunks)).toBe(await plain.engine.generate(params));
});

test('flushBatches hands out at once what is gathered', async () => {
  const script = { generation: { stepMs: 1 } };
  const { engine } = await loadedEngine({ batch_queue: { flush_interval_ms: 1000 } }, script);
  const stream = engine.createGenerator({ ...params, maxTokens: 100_000 });
  await stream.next();
  const second = stream.next();
  await delay(50);
  const started = performance.now();
  await engine.flushBatches();
  expect(await second).toMatchObject({ value: { type: 'token' } });
  expect(performance.now() - started).toBeLessThan(500);
  await stream.return();
});

test('a consumer that forgets its stream loses it, at the next sweep', async () => {
  const { engine } = await loadedEngine({
    stream_registry: { cleanup_interval_ms: 100, backpressure: { ack_timeout_ms: 50 } },
  });
  const forgotten = engine.createGenerator({ ...params, maxTokens: 5000 });
  await forgotten.next();
  await expect.poll(async () => (await engine.healthCheck()).activeStreams).toBe(0);
  const rest = await readAll(forgotten);
  expect(rest.at(-1)).toMatchObject({
    type: 'error',
    error: { code: 'Timeout', retryable: false, details: { type: 'slow_consumer' } },
  });
  expect(await engine.getRuntimeInfo()).toMatchObject({ models: [{ slowConsumers: 1 }] });
});

test('a consumer that waits is not taken for a forgetful one', async () => {
  const { engine } = await loadedEngine(
    { stream_registry: { cleanup_interval_ms: 100, backpressure: { ack_timeout_ms: 50 } } },
    { generation: { stepMs: 300 } },
  );
  const chunks = await readAll(engine.createGenerator({ ...params, maxTokens: 2 }));
  expect(chunks.at(-1)).toMatchObject({ type: 'metadata' });
});

test('a generation that is done gives back its place before it is read', async () => {
  const { engine } = await loadedEngine();
  const stream = engine.createGenerator({ ...params, maxTokens: 4 });
  await stream.next();
  await expect.poll(async () => (await engine.healthCheck()).activeStreams).toBe(0);
  expect((await readAll(stream)).at(-1)).toMatchObject({ type: 'metadata' });
});

test('default_timeout_ms ends a generation that brings no limit', async () => {
  const { engine } = await loadedEngine(
    { stream_registry: { default_timeout_ms: 100 } },
    { generation: { stepMs: 10 } },
  );
  const chunks = await readAll(engine.createGenerator({ ...params, maxTokens: 10_000 }));
  expect(chunks.at(-1)).toMatchObject({ type: 'error', error: { code: 'Timeout' } });
});
