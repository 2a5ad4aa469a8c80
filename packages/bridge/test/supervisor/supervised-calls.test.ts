import { describe, expect, test } from 'vitest';
import type { FakeScript } from '@mlx/bridge/testing';
import { rejection } from '../support/sidecars.js';
import { supervising } from '../support/supervisors.js';

const dyingAt = (request: 'stats' | 'load'): FakeScript => ({
  faults: [{ when: { request }, action: { type: 'signal', signal: 'SIGKILL' } }],
});

describe('calls of a supervised sidecar', () => {
  test('outlive a crash where they are idempotent', async () => {
    const supervisor = supervising([dyingAt('stats'), {}], { retry: { initialDelayMs: 1 } });
    await supervisor.start();
    expect(await supervisor.request('stats', {})).toHaveProperty('uptimeMs');
    expect(supervisor.stats().restarts).toBe(1);
  });

  test('are never made twice where they load', async () => {
    const supervisor = supervising([dyingAt('load'), {}]);
    await supervisor.start();
    expect(await rejection(supervisor.request('load', { modelId: 'm', path: '/m' }))).toMatchObject(
      {
        code: 'SidecarCrashed',
      },
    );
  });

  test('are refused in less than 5 ms by an open circuit', async () => {
    const ignoring = [1, 2].map((nth) => ({
      when: { request: 'stats' as const, nth },
      action: { type: 'ignore' as const },
    }));
    const supervisor = supervising([{ faults: ignoring }], {
      retry: { maxAttempts: 1 },
      circuitBreaker: { failureThreshold: 2, recoveryTimeoutMs: 1000 },
    });
    await supervisor.start();
    for (const timeoutMs of [10, 10]) {
      expect(await rejection(supervisor.request('stats', {}, { timeoutMs }))).toMatchObject({
        code: 'Timeout',
      });
    }
    const durations: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const startedAt = performance.now();
      expect(await rejection(supervisor.request('stats', {}))).toMatchObject({
        code: 'Overloaded',
        details: { type: 'circuit_open' },
      });
      durations.push(performance.now() - startedAt);
    }
    expect(durations.toSorted((a, b) => a - b)[10]).toBeLessThan(5);
    expect(supervisor.stats().circuit).toBe('open');
    const answered = () =>
      supervisor.request('stats', {}).then(
        () => true,
        () => false,
      );
    await expect.poll(answered, { timeout: 10_000 }).toBe(true);
    expect(supervisor.stats().circuit).toBe('closed');
  });
});
