import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { rejection } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';

const endless = { model: 'm', prompt: 'x', maxTokens: 100_000 };

test('an abort ends the stream with an AbortError and cancels the row', async () => {
  const { engine } = await loadedEngine();
  const controller = new AbortController();
  const stream = engine.createGenerator(endless, { signal: controller.signal });
  await stream.next();
  controller.abort();
  expect(await rejection(stream.next())).toMatchObject({ code: 'Cancelled', name: 'AbortError' });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect((await engine.getBatchStats('m')).requests.cancelled).toBe(1);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('leaving the loop cancels', async () => {
  const { engine } = await loadedEngine();
  for await (const chunk of engine.createGenerator(endless)) {
    if (chunk.type === 'token') break;
  }
  expect((await engine.getBatchStats('m')).requests.cancelled).toBe(1);
  expect((await engine.healthCheck()).activeStreams).toBe(0);
});

test('a signal aborted before the start sends nothing', async () => {
  const { engine } = await loadedEngine();
  const options = { signal: AbortSignal.abort() };
  expect(await rejection(engine.generate(endless, options))).toMatchObject({ name: 'AbortError' });
  expect((await engine.getBatchStats('m')).requests.admitted).toBe(0);
});

test('an abort after the end has no effect', async () => {
  const { engine } = await loadedEngine();
  const controller = new AbortController();
  const { signal } = controller;
  const text = await engine.generate({ ...endless, maxTokens: 5 }, { signal });
  controller.abort();
  expect(text).not.toBe('');
  expect((await engine.getBatchStats('m')).requests).toMatchObject({ finished: 1, cancelled: 0 });
});

test('a time limit ends the stream with Timeout, as its last chunk once text was handed out', async () => {
  const { engine } = await loadedEngine({}, { generation: { stepMs: 5 } });
  const chunks = [];
  for await (const chunk of engine.createGenerator(endless, { timeoutMs: 80 })) chunks.push(chunk);
  expect(chunks.at(-1)).toMatchObject({ type: 'error', error: { code: 'Timeout' } });
  expect(chunks.filter(({ type }) => type === 'error')).toHaveLength(1);
  expect(await rejection(engine.generate(endless, { timeoutMs: 80 }))).toMatchObject({
    code: 'Timeout',
  });
});

test('AbortSignal.timeout becomes Timeout', async () => {
  const { engine } = await loadedEngine({}, { generation: { stepMs: 5 } });
  const options = { signal: AbortSignal.timeout(50) };
  expect(await rejection(engine.generate(endless, options))).toMatchObject({ code: 'Timeout' });
});

test('unloading a model ends its streams with ModelNotLoaded', async () => {
  const { engine } = await loadedEngine();
  const stream = engine.createGenerator(endless);
  await stream.next();
  await engine.unloadModel('m');
  let last;
  for await (const chunk of stream) last = chunk;
  expect(last).toMatchObject({ type: 'error', error: { code: 'ModelNotLoaded' } });
  expect(await rejection(engine.generate(endless))).toMatchObject({ code: 'ModelNotLoaded' });
});

test('shutdown ends streams with a typed error and refuses what comes after', async () => {
  const { engine, runner } = await loadedEngine();
  const stream = engine.createGenerator(endless);
  await stream.next();
  await engine.shutdown();
  let last;
  for await (const chunk of stream) last = chunk;
  const refused = { code: 'Overloaded', details: { type: 'shutting_down' } };
  expect(last).toMatchObject({ type: 'error', error: refused });
  expect(await rejection(engine.generate(endless))).toMatchObject(refused);
  expect(await rejection(engine.loadModel('other'))).toMatchObject(refused);
  expect(runner.processes.map(({ state }) => state)).toEqual(['stopped']);
});
