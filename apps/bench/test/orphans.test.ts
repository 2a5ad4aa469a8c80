import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { expect, test } from 'vitest';
import { killWorkingParent } from '../src/suites/recovery/kill-parent.ts';

test('no process outlives a parent that was killed', { timeout: 120_000 }, async () => {
  const { children, left } = await killWorkingParent(DEFAULT_MODEL_ID);
  expect(children).toBeGreaterThan(0);
  expect(left).toBe(0);
});
