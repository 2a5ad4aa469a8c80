import { cancelledError, isEngineClientError } from '@mlx/schemas';
import type { Clock } from '../time/clock.js';
import { sleep } from '../time/sleep.js';
import { backoffDelay } from './backoff.js';
import { isCircuitOpen } from './circuit-breaker.js';

export interface RetryOptions {
  /** Attempts in all, the first included. Default 3. */
  maxAttempts?: number;
  /** Default 100 ms. */
  initialDelayMs?: number;
  /** Default 5 s. */
  maxDelayMs?: number;
  /** Default 2. */
  backoffMultiplier?: number;
  /** Codes worth another attempt. Default: TransportError, Timeout, SidecarCrashed, Overloaded. */
  retryableErrors?: readonly string[];
  /** Fraction of each delay that is random. Default 0.25. */
  jitter?: number;
}

export type ResolvedRetryOptions = Required<RetryOptions>;

export function resolveRetryOptions(options: RetryOptions = {}): ResolvedRetryOptions {
  return {
    maxAttempts: options.maxAttempts ?? 3,
    initialDelayMs: options.initialDelayMs ?? 100,
    maxDelayMs: options.maxDelayMs ?? 5000,
    backoffMultiplier: options.backoffMultiplier ?? 2,
    retryableErrors: options.retryableErrors ?? [
      'TransportError',
      'Timeout',
      'SidecarCrashed',
      'Overloaded',
    ],
    jitter: options.jitter ?? 0.25,
  };
}

export interface RetryEnvironment {
  clock: Clock;
  random: () => number;
  signal?: AbortSignal | undefined;
}

/** Makes a call again while its error promises that to help. For idempotent calls only. */
export async function retry<T>(
  operation: () => Promise<T>,
  options: ResolvedRetryOptions,
  { clock, random, signal }: RetryEnvironment,
): Promise<T> {
  const backoff = { ...options, multiplier: options.backoffMultiplier };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      if (attempt >= options.maxAttempts || !isWorthAnother(error, options)) throw error;
    }
    const waited = await sleep(clock, backoffDelay(attempt, backoff, random()), signal);
    if (!waited) throw cancelledError(signal?.reason);
  }
}

/** An open breaker is not waited for: failing fast is what it is there for. */
function isWorthAnother(error: unknown, { retryableErrors }: ResolvedRetryOptions): boolean {
  return (
    isEngineClientError(error) &&
    error.retryable &&
    retryableErrors.includes(error.code) &&
    !isCircuitOpen(error)
  );
}
