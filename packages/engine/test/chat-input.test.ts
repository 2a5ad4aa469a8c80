import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { createEngine, defineTool, type ChatAnswer, type EngineOptions } from '../src/index.js';
import { rejection } from './support/chunks.js';
import { fakeEngine, loadedEngine } from './support/fake-engine.js';

const messages = [{ role: 'user' as const, content: 'one two three four' }];

describe('a conversation alone', () => {
  test('is answered as the options beside it say', async () => {
    const { engine } = await loadedEngine();
    const turn = await engine.chat(messages, { maxTokens: 3, temperature: 0, timeoutMs: 60_000 });
    expect(turn).toMatchObject({ finishReason: 'length', stats: { tokensGenerated: 3 } });
    expectTypeOf(turn).toEqualTypeOf<ChatAnswer>();
    const stream = engine.chatStream(messages, { maxTokens: 2, streamId: 'mine' });
    let last: unknown;
    for await (const chunk of stream) last = chunk;
    expect(last).toMatchObject({ type: 'metadata', stats: { tokensGenerated: 2 } });
  });

  test('may be a question, and may name its model', async () => {
    const { engine } = await loadedEngine();
    const turn = await engine.chat('one two', { model: 'm', maxTokens: 2 });
    expect(turn).toMatchObject({ role: 'assistant', stats: { promptTokens: 2 } });
    expect(await rejection(engine.chat('one', { model: 'other' }))).toMatchObject({
      code: 'ModelNotLoaded',
    });
  });

  test('keeps what is refused beside parameters refused', async () => {
    const { engine } = await loadedEngine();
    const options = { maxTokens: 3 } as object;
    expect(await rejection(engine.chat({ model: 'm', messages }, options))).toMatchObject({
      details: { issues: [{ code: 'unrecognized_keys' }] },
    });
    expect(await rejection(engine.chat(messages, { topK: -1 }))).toMatchObject({
      details: { field: 'topK' },
    });
  });
});

const tool = defineTool({ name: 'f', parameters: z.object({}), execute: () => 1 });

const hintAtEnd = (hint: string) => new RegExp(`${hint.replaceAll('?', String.raw`\?`)}$`);

test.each([
  ['max_tokens', "did you mean 'maxTokens'?"],
  ['stop', "did you mean 'stopSequences'?"],
  ['temprature', "did you mean 'temperature'?"],
  ['temp', "did you mean 'temperature'?"],
  ['somethingElse', 'Unknown parameter; it would have no effect'],
])('the parameter %s is refused: %s', async (name, hint) => {
  const { engine } = await loadedEngine();
  const error = await rejection(engine.chat(messages, { [name]: 1 }));
  expect(error).toMatchObject({ message: expect.stringMatching(hintAtEnd(hint)) });
});

test.each([
  [{ toolChoice: 'always' }, 'it can be "auto", "none", "required"'],
  [{ tools: [tool] }, "on field 'tools.0': Give the definition of a tool (tool.definition)"],
])('%j is told what would be right', async (options, message) => {
  const { engine } = await loadedEngine();
  expect(await rejection(engine.chat(messages, options as object))).toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining(message),
  });
});

test('a value that is none of a list is told the list', async () => {
  const { engine } = fakeEngine();
  const options = { model: 'm', quantization: 'int16' } as unknown as string;
  expect(await rejection(engine.loadModel(options))).toMatchObject({
    message:
      'Validation error on field \'quantization\': Invalid enum value; it can be "none", "int8", "int4"',
  });
});

test('what no model can answer says whether the engine is closed or empty', async () => {
  const { engine } = fakeEngine();
  expect(await rejection(engine.chat('x'))).toMatchObject({
    code: 'ModelNotLoaded',
    message: 'No model is loaded. Call loadModel first.',
  });
  expect(await rejection(engine.chat(3 as never))).toMatchObject({
    message: expect.stringContaining('Expected a question, a list of messages or parameters'),
  });
  await engine.shutdown();
  expect(await rejection(engine.chat('x'))).toMatchObject({
    message: expect.stringContaining('shutting down'),
  });
});

test.each([
  [{ pythonPath: '/usr/bin/python3' }, 'did you mean config.python_runtime.python_path?'],
  [{ batchQueue: {} }, 'did you mean config.batch_queue?'],
  [{ config: { model: { keep_alive: 1 } } }, "did you mean 'keep_alive_ms'?"],
  [{ config: { model: { memory_budget: 1 } } }, "did you mean 'memory_budget_bytes'?"],
  [{ onlog: () => undefined }, "did you mean 'onLog'?"],
])('an option that createEngine does not know is refused: %j', (options, hint) => {
  expect(() => createEngine(options as EngineOptions)).toThrow(hint);
});
