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
  // Bounded, because no delay at all times infinity would be no number.
  const growth = Math.min(multiplier ** (attempt - 1), Number.MAX_SAFE_INTEGER);
  const delayMs = Math.min(maxDelayMs, initialDelayMs * growth);
  return delayMs * (1 - jitter * random);
}
