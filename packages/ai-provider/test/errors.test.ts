import { EngineClientError } from '@mlx/schemas';
import { APICallError, generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { createMlx, type MlxChunk } from '../src/index.js';
import { options, readAll } from './support/calls.js';
import { ScriptedEngine, end, token } from './support/scripted-engine.js';

const prompt = 'Hi';

function failing(error: unknown, runs: number) {
  return new ScriptedEngine(function* (run): Generator<MlxChunk> {
    if (run < runs) throw error;
    yield token('Hello');
    yield end();
  });
}

describe('an engine that is busy', () => {
  const busy = new EngineClientError('Overloaded', 'Busy', { details: { retryAfter: 0.01 } });

  it('is tried again', async () => {
    const engine = failing(busy, 2);
    const { text } = await generateText({ model: createMlx({ engine })('m'), prompt });
    expect(text).toBe('Hello');
    expect(engine.asked).toHaveLength(3);
  });

  it('is tried again by streams as well', async () => {
    const engine = failing(busy, 1);
    const { text } = streamText({ model: createMlx({ engine })('m'), prompt });
    expect(await text).toBe('Hello');
  });

  it('says when in the form that the SDK reads', async () => {
    const model = createMlx({ engine: failing(busy, 9) })('org/m');
    const failure = model.doGenerate(options());
    await expect(failure).rejects.toSatisfy((error) => APICallError.isInstance(error));
    await expect(failure).rejects.toMatchObject({
      message: 'Busy',
      url: 'mlx://org/m',
      statusCode: 503,
      isRetryable: true,
      responseHeaders: { 'retry-after': '0.01' },
      data: { code: 'Overloaded' },
      cause: busy,
    });
  });
});

it('a request that cannot succeed is not tried again', async () => {
  const engine = failing(new EngineClientError('InvalidParams', 'Wrong'), 9);
  await expect(generateText({ model: createMlx({ engine })('m'), prompt })).rejects.toMatchObject({
    message: 'Wrong',
    isRetryable: false,
  });
  expect(engine.asked).toHaveLength(1);
});

it('an error of another kind is handed on as it is', async () => {
  const bug = new TypeError('undefined is not a function');
  const model = createMlx({ engine: failing(bug, 9) })('m');
  await expect(model.doGenerate(options())).rejects.toBe(bug);
});

it('an error in the middle is one part, and the last but the end', async () => {
  const engine = new ScriptedEngine(() => [
    token('He'),
    { type: 'error', error: { code: 'SidecarCrashed', message: 'Gone', retryable: true } },
  ]);
  const { stream } = await createMlx({ engine })('m').doStream(options());
  const parts = await readAll(stream);
  expect(parts.slice(-2)).toMatchObject([
    { type: 'error', error: { message: 'Gone', isRetryable: true } },
    { type: 'finish', finishReason: { unified: 'error' } },
  ]);
  expect(parts.filter(({ type }) => type === 'error')).toHaveLength(1);
});
