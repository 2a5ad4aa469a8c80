export interface Backoff {
  initialDelayMs: number;
  maxDelayMs: number;
  multiplier: number;
  /** Fraction of each delay that is random, so that clients don't come back in step. */
  jitter: number;
}

/** The pause before the nth further attempt; `random` is from 0 to 1. */
export function backoffDelay(attempt: number, backoff: Backoff, random: number): number {
  const { initialDelayMs, maxDelayMs, multiplier, jitter } = backoff;
  const delayMs = Math.min(maxDelayMs, initialDelayMs * multiplier ** (attempt - 1));
  return delayMs * (1 - jitter * random);
}
