import type { GeneratorParams } from '@mlx/schemas';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';

const base = { model: 'm', prompt: 'x', maxTokens: 5 };
const messages: GeneratorParams['messages'] = [{ role: 'user', content: 'hi' }];

const cases: [field: string, params: Record<string, unknown>][] = [
  ['maxTokens', { maxTokens: 200_000 }],
  ['maxTokens', { maxTokens: 2000 }],
  ['temperature', { temperature: 1.9 }],
  ['structured', { structured: { format: 'json' } }],
  ['structured', { structured: { schema: 'a+', format: 'choice' } }],
  ['multimodal', { multimodal: { images: ['a.png'] }, prompt: { tokens: [1] } }],
  ['draftModel', { draftModel: 'd' }],
  ['repetitionPenalty', { repetitionPenalty: 0 }],
  ['topLogprobs', { topLogprobs: 3 }],
  ['seed', { seed: Number.MAX_SAFE_INTEGER, n: 2 }],
  ['bestOf', { bestOf: 3 }],
  ['ignoreEos', { ignoreEos: 'yes' }],
  ['queueTimeoutMs', { queueTimeoutMs: 0 }],
  ['templateOptions', { templateOptions: { thinking: true } }],
  ['addSpecialTokens', { addSpecialTokens: true, prompt: { tokens: [1] } }],
  ['addSpecialTokens', { addSpecialTokens: true, prompt: undefined, messages }],
  ['prompt.variables.name', { prompt: { template: 'Hi {{name}}', variables: {} } }],
  [
    'messages.0.content.0',
    {
      prompt: undefined,
      messages: [{ role: 'user', content: [{ type: 'image', image: 'data:image/png;base64,' }] }],
    },
  ],
];

describe('a parameter that cannot be honoured is refused by name', () => {
  test.each(cases)('%s', async (field, params) => {
    const { engine } = await loadedEngine({
      model: { max_generation_tokens: 1000, max_temperature: 1.5 },
    });
    const stream = engine.createGenerator({ ...base, ...params });
    expect(await rejection(stream.next())).toMatchObject({
      code: 'InvalidParams',
      details: { field },
      message: expect.stringContaining(`Validation error on field '${field}'`),
    });
    expect((await engine.getBatchStats('m')).requests.admitted).toBe(0);
  });
});

test.each([
  ['n', { n: 2 }],
  ['streaming', { streaming: true }],
])('generate returns one whole text, so it refuses %s', async (field, params) => {
  const { engine } = await loadedEngine();
  expect(await rejection(engine.generate({ ...base, ...params }))).toMatchObject({
    details: { field },
  });
});

test('unknown call options are refused', async () => {
  const { engine } = await loadedEngine();
  const options = { retries: 3 } as object;
  expect(await rejection(engine.generate(base, options))).toMatchObject({ code: 'InvalidParams' });
  expect(await rejection(engine.tokenize({ model: 'm', text: 'x' }, options))).toMatchObject({
    code: 'InvalidParams',
  });
});

test('chat needs messages', async () => {
  const { engine } = await loadedEngine();
  const params = base as unknown as Parameters<typeof engine.chat>[0];
  expect(await rejection(engine.chat(params))).toMatchObject({ details: { field: 'messages' } });
});

test('a model that is not loaded is named, with those that are', async () => {
  const { engine } = await loadedEngine();
  expect(await rejection(engine.generate({ ...base, model: 'other' }))).toMatchObject({
    code: 'ModelNotLoaded',
    message: expect.stringContaining('loaded: m'),
  });
});
