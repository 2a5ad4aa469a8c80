import { expect, test } from 'vitest';
import { planGeneration } from '../../src/generation/plan.js';
import { loadedEngine } from '../support/fake-engine.js';

const advised = { temperature: 0.6, topP: 0.95, topK: 20, minP: 0.05, repetitionPenalty: 1.05 };
const context = {
  draftModel: undefined,
  adapter: undefined,
  samplingDefaults: advised,
  defaultMaxTokens: 5,
};
const sampled = (named: object) =>
  planGeneration({ model: 'm', prompt: 'x', ...named }, {}, context).requests[0]?.sampling;

test('a request that names nothing is sampled as the makers of the model advise', () => {
  expect(sampled({ temperature: undefined, topP: undefined })).toEqual({
    maxTokens: 5,
    ...advised,
  });
});

test('what a request names wins, also where it turns something off', () => {
  const sampling = { maxTokens: 5, temperature: 0, topK: 0 };
  expect(sampled(sampling)).toEqual({
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
