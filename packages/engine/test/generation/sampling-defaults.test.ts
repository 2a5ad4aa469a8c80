import { expect, test } from 'vitest';
import { withDefaults } from '../../src/generation/to-wire.js';
import { loadedEngine } from '../support/fake-engine.js';

const advised = { temperature: 0.6, topP: 0.95, topK: 20, minP: 0.05, repetitionPenalty: 1.05 };
const request = { streamId: 's', prompt: { type: 'text', text: 'x' } } as const;

test('a request that names nothing is sampled as the makers of the model advise', () => {
  const sampling = { maxTokens: 5, temperature: undefined, topP: undefined };
  expect(withDefaults({ ...request, sampling }, advised).sampling).toEqual({
    maxTokens: 5,
    ...advised,
  });
});

test('what a request names wins, also where it turns something off', () => {
  const sampling = { maxTokens: 5, temperature: 0, topK: 0 };
  expect(withDefaults({ ...request, sampling }, advised).sampling).toEqual({
    ...advised,
    ...sampling,
  });
});

test('capabilities tell what applies where a request names nothing', async () => {
  const { engine } = await loadedEngine({}, { load: { samplingDefaults: advised } });
  expect(await engine.capabilities('m')).toMatchObject({ samplingDefaults: advised });
});

test('max_temperature bounds what a model advises', async () => {
  const { engine } = await loadedEngine(
    { model: { max_temperature: 0.5 } },
    { load: { samplingDefaults: advised } },
  );
  expect(await engine.capabilities('m')).toMatchObject({
    samplingDefaults: { ...advised, temperature: 0.5 },
  });
});
