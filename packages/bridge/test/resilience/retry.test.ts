import { EngineClientError } from '@mlx/schemas';
import type { EngineErrorCode } from '@mlx/schemas';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffDelay } from '../../src/resilience/backoff.js';
import { resolveRetryOptions, retry } from '../../src/resilience/retry.js';
import type { RetryOptions } from '../../src/resilience/retry.js';
import { rejection } from '../support/sidecars.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Runs an operation that fails with these codes in turn, then succeeds. */
function retrying(codes: EngineErrorCode[], options: RetryOptions, signal?: AbortSignal) {
  const clock = new VirtualClock();
  const attempts: number[] = [];
  const operation = () => {
    const code = codes[attempts.length];
    attempts.push(clock.now());
    return code === undefined
      ? Promise.resolve('fine')
      : Promise.reject(new EngineClientError(code, 'failed'));
  };
  const environment = { clock, random: () => 0, signal };
  const result = retry(operation, resolveRetryOptions(options), environment);
  return { clock, attempts, result };
}

describe('retry', () => {
  test('waits longer each time, up to the longest delay', async () => {
    const options = { maxAttempts: 5, initialDelayMs: 100, maxDelayMs: 300, backoffMultiplier: 2 };
    const { clock, attempts, result } = retrying(
      ['Timeout', 'Timeout', 'Timeout', 'Timeout'],
      options,
    );
    await clock.advance(1000);
    expect(await result).toBe('fine');
    expect(attempts).toEqual([0, 100, 300, 600, 900]);
  });

  test('gives up after the last attempt with its error', async () => {
    const { clock, attempts, result } = retrying(['Timeout', 'SidecarCrashed'], { maxAttempts: 2 });
    const error = rejection(result);
    await clock.advance(1000);
    expect(await error).toMatchObject({ code: 'SidecarCrashed' });
    expect(attempts).toHaveLength(2);
  });

  test.each([
    ['an error that is not worth it', ['InvalidParams'], {}],
    ['a code that is not listed', ['Timeout'], { retryableErrors: ['SidecarCrashed'] }],
  ] as const)('does not repeat %s', async (_name, codes, options) => {
    const { attempts, result } = retrying([...codes], options);
    expect(await rejection(result)).toMatchObject({ code: codes[0] });
    expect(attempts).toHaveLength(1);
  });

  test('an abort ends the wait and leaves no timer', async () => {
    const controller = new AbortController();
    const { clock, attempts, result } = retrying(['Timeout'], {}, controller.signal);
    const error = rejection(result);
    await clock.advance(10);
    controller.abort();
    expect(await error).toMatchObject({ name: 'AbortError' });
    expect(attempts).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

test('a back-off never leaves its bounds and never shrinks but for its jitter', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.nat(10_000),
      fc.double({ min: 1, max: 10, noNaN: true }),
      share,
      share,
      fc.integer({ min: 1, max: 1000 }),
      (initialDelayMs, extra, multiplier, jitter, random, attempt) => {
        const backoff = { initialDelayMs, maxDelayMs: initialDelayMs + extra, multiplier, jitter };
        const delayMs = backoffDelay(attempt, backoff, random);
        expect(delayMs).toBeGreaterThanOrEqual(initialDelayMs * (1 - jitter) - 1e-6);
        expect(delayMs).toBeLessThanOrEqual(backoff.maxDelayMs);
        const next = backoffDelay(attempt + 1, { ...backoff, jitter: 0 }, 0);
        expect(next).toBeGreaterThanOrEqual(delayMs);
      },
    ),
  );
});
