import { RuntimeConfigSchema } from '@mlx/schemas/config';
import { expect, test } from 'vitest';
import { AdaptiveLimit } from '../../src/admission/adaptive-limit.js';

const defaults = RuntimeConfigSchema.parse({}).stream_registry.adaptive_limits;
const limits = {
  ...defaults,
  enabled: true,
  min_streams: 4,
  max_streams: 16,
  target_ttft_ms: 100,
  target_latency_ms: 10,
  adjustment_interval_ms: 1000,
  scale_up_threshold: 0.5,
  scale_down_threshold: 1,
};

function limitAt(start: number, overrides: Partial<typeof limits> = {}) {
  const clock = { now: 0 };
  const limit = new AdaptiveLimit({ ...limits, ...overrides }, start, () => clock.now);
  const observe = (ttftMs: number, latencyMs: number, atMs: number) => {
    clock.now = atMs;
    limit.observe({
      tokensGenerated: 10,
      tokensPerSecond: 1000 / latencyMs,
      timeToFirstToken: ttftMs / 1000,
      totalTime: 1,
    });
    return limit.value;
  };
  return { limit, observe };
}

test('a late first token or slow tokens lower the limit, down to min_streams', () => {
  const { observe } = limitAt(8);
  expect(observe(300, 1, 1000)).toBe(6);
  expect(observe(1, 30, 2000)).toBe(4);
  expect(observe(300, 30, 3000)).toBe(4);
});

test('well below the targets it grows, up to max_streams', () => {
  const { observe } = limitAt(8);
  expect(observe(10, 1, 1000)).toBe(10);
  expect(observe(10, 1, 2000)).toBe(13);
  expect(observe(10, 1, 3000)).toBe(16);
  expect(observe(10, 1, 4000)).toBe(16);
});

test('between the thresholds it stays', () => {
  const { observe } = limitAt(8);
  expect(observe(70, 7, 1000)).toBe(8);
});

test('it moves once per adjustment_interval_ms, by the mean since the last move', () => {
  const { observe } = limitAt(8);
  expect(observe(1000, 1, 500)).toBe(8);
  expect(observe(1000, 1, 900)).toBe(8);
  expect(observe(1000, 1, 1000)).toBe(6);
  expect(observe(10, 1, 1500)).toBe(6);
});

test('it starts between min_streams and max_streams', () => {
  expect(limitAt(1000).limit.value).toBe(16);
  expect(limitAt(1).limit.value).toBe(4);
});

test('disabled, it is max_active_streams for ever', () => {
  const { observe } = limitAt(1000, { enabled: false });
  expect(observe(9999, 999, 5000)).toBe(1000);
});
