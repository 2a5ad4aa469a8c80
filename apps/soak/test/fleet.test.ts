import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { expect, test } from 'vitest';
import { soakFleet } from '../src/fleet/soak-fleet.ts';

test('chaos over a gateway, two workers and their server breaks no promise', async () => {
  const report = await soakFleet(
    {
      seed: 3,
      seconds: 8,
      model: DEFAULT_MODEL_ID,
      workers: 2,
      pauseMs: 3000,
      concurrency: 6,
      recipes: 3,
      maxTokens: 6,
    },
    () => undefined,
  );
  expect(report.faults).toEqual([]);
  expect(report.requests).toBeGreaterThan(0);
});
