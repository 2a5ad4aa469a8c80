import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import type { Clock } from '../time/clock.js';

export interface CircuitBreakerOptions {
  /** Failures within the window that open it. Default 5. */
  failureThreshold?: number;
  /** How long it stays open before a probe is let through. Default 10 s. */
  recoveryTimeoutMs?: number;
  /** Probes at once while half open. Default 1. */
  halfOpenMaxCalls?: number;
  /** Successful probes that close it. Default 1. */
  halfOpenSuccessThreshold?: number;
  /** Default 60 s. */
  failureWindowMs?: number;
}

export type CircuitState = 'closed' | 'open' | 'half-open';

const CIRCUIT_OPEN = 'circuit_open';
/** Of the recovery time, at random: so that clients of one cause don't probe in step. */
const RECOVERY_JITTER = 0.1;

/** Refuses calls at once while the callee is known to fail. Reads a monotonic clock only. */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: Required<CircuitBreakerOptions>;
  #state: CircuitState = 'closed';
  #failures: number[] = [];
  #probeAt = 0;
  #probes = 0;
  #successes = 0;

  constructor(clock: Clock, random: () => number, options: CircuitBreakerOptions = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#options = {
      failureThreshold: options.failureThreshold ?? 5,
      recoveryTimeoutMs: options.recoveryTimeoutMs ?? 10_000,
      halfOpenMaxCalls: options.halfOpenMaxCalls ?? 1,
      halfOpenSuccessThreshold: options.halfOpenSuccessThreshold ?? 1,
      failureWindowMs: options.failureWindowMs ?? 60_000,
    };
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Runs the call unless the circuit is open; only transient errors count as failures. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.#admit();
    const probing = this.#state === 'half-open';
    if (probing) this.#probes += 1;
    try {
      const result = await operation();
      this.#succeeded(probing);
      return result;
    } catch (error) {
      this.#ended(probing, error);
      throw error;
    } finally {
      if (probing) this.#probes -= 1;
    }
  }

  reset(): void {
    this.#state = 'closed';
    this.#failures = [];
    this.#successes = 0;
  }

  #admit(): void {
    const now = this.#clock.now();
    if (this.#state === 'open' && now >= this.#probeAt) {
      this.#state = 'half-open';
      this.#successes = 0;
    }
    const crowded = this.#probes >= this.#options.halfOpenMaxCalls;
    if (this.#state === 'open' || (this.#state === 'half-open' && crowded)) {
      throw circuitOpen(Math.max(0, this.#probeAt - now));
    }
  }

  #succeeded(probing: boolean): void {
    if (!probing || this.#state !== 'half-open') return;
    this.#successes += 1;
    if (this.#successes >= this.#options.halfOpenSuccessThreshold) this.reset();
  }

  #ended(probing: boolean, error: unknown): void {
    if (isCancelled(error)) return;
    // A refusal proves that the callee works.
    if (!isTransient(error)) this.#succeeded(probing);
    else if (probing) this.#open();
    else this.#failed();
  }

  #failed(): void {
    if (this.#state !== 'closed') return;
    const now = this.#clock.now();
    const { failureWindowMs, failureThreshold } = this.#options;
    this.#failures = this.#failures.filter((moment) => now - moment < failureWindowMs);
    this.#failures.push(now);
    if (this.#failures.length >= failureThreshold) this.#open();
  }

  #open(): void {
    this.#state = 'open';
    this.#failures = [];
    const jitter = 1 + RECOVERY_JITTER * this.#random();
    this.#probeAt = this.#clock.now() + this.#options.recoveryTimeoutMs * jitter;
  }
}

export function isCircuitOpen(error: unknown): boolean {
  if (!isEngineClientError(error)) return false;
  return (error.details as { type?: unknown } | undefined)?.type === CIRCUIT_OPEN;
}

/** Whoever gives up learns nothing of the callee. */
function isCancelled(error: unknown): boolean {
  return isEngineClientError(error) && error.code === 'Cancelled';
}

function isTransient(error: unknown): boolean {
  return !isEngineClientError(error) || error.retryable;
}

function circuitOpen(retryAfterMs: number): EngineClientError {
  return new EngineClientError(
    'Overloaded',
    'The sidecar keeps failing, so it is left alone for a while. Try again later.',
    { details: { type: CIRCUIT_OPEN, retryAfterMs } },
  );
}
