import { CircuitBreaker } from '../resilience/circuit-breaker.js';
import type { CircuitBreakerOptions, CircuitState } from '../resilience/circuit-breaker.js';
import { resolveRetryOptions, retry } from '../resilience/retry.js';
import type { ResolvedRetryOptions, RetryOptions } from '../resilience/retry.js';
import type { SidecarMethod } from '../sidecar/sidecar.js';
import type { Clock } from '../time/clock.js';

/** Methods that may be called again without anybody noticing. */
const idempotent: Record<SidecarMethod, boolean> = {
  load: false,
  checkDraft: true,
  loadDraft: false,
  unloadDraft: false,
  loadAdapter: false,
  unloadAdapter: false,
  tokenize: true,
  detokenize: true,
  embed: true,
  score: true,
  rerank: true,
  stats: true,
};

/** Retries idempotent calls, and stops making them while they keep failing. */
export class IdempotentCalls {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #retry: ResolvedRetryOptions;
  readonly #breaker: CircuitBreaker;

  constructor(
    clock: Clock,
    random: () => number,
    retryOptions: RetryOptions | undefined,
    breakerOptions: CircuitBreakerOptions | undefined,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#retry = resolveRetryOptions(retryOptions);
    this.#breaker = new CircuitBreaker(clock, random, breakerOptions);
  }

  get circuit(): CircuitState {
    return this.#breaker.state;
  }

  run<T>(
    method: SidecarMethod,
    signal: AbortSignal | undefined,
    operation: () => Promise<T>,
  ): Promise<T> {
    if (!idempotent[method]) return operation();
    const environment = { clock: this.#clock, random: this.#random, signal };
    return retry(() => this.#breaker.run(operation), this.#retry, environment);
  }

  reset(): void {
    this.#breaker.reset();
  }
}
