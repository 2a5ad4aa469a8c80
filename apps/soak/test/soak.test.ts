import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { expect, test } from 'vitest';
import { soak } from '../src/soak.ts';

test('half a minute of chaos on the real model breaks no promise', async () => {
  const report = await soak(
    {
      seed: 7,
      seconds: 20,
      model: DEFAULT_MODEL_ID,
      models: 1,
      concurrency: 6,
      faultRate: 0.1,
      recipes: 6,
      maxTokens: 8,
    },
    () => undefined,
  );
  expect(report.faults).toEqual([]);
  expect(report.requests).toBeGreaterThan(0);
});
