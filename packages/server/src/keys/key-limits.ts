import type { ApiKeyOptions } from './api-key-options.js';

const MINUTE_MS = 60_000;

/** Why a request has to come again later. */
export interface Refusal {
  readonly reason: string;
  readonly code: 'rate_limit_exceeded' | 'too_many_concurrent_requests';
  readonly retryAfterSeconds: number;
}

/**
 * How much one key may ask for. The rate is a token bucket: a minute's requests
 * may come at once, and each that was used grows back in its share of a minute.
 */
export class KeyLimits {
  readonly #perMinute: number | undefined;
  readonly #concurrent: number | undefined;
  readonly #now: () => number;
  #left: number;
  #refilledAt: number;
  #running = 0;

  constructor(
    { requestsPerMinute, maxConcurrent }: Partial<ApiKeyOptions>,
    now: () => number = () => performance.now(),
  ) {
    this.#perMinute = requestsPerMinute;
    this.#concurrent = maxConcurrent;
    this.#now = now;
    this.#left = requestsPerMinute ?? 0;
    this.#refilledAt = now();
  }

  /** Lets a request begin; `leave` has to be called when it is over, unless it is refused. */
  enter(): Refusal | undefined {
    if (this.#concurrent !== undefined && this.#running >= this.#concurrent) {
      return {
        reason: `This API key may have ${this.#concurrent} requests running at a time.`,
        code: 'too_many_concurrent_requests',
        retryAfterSeconds: 1,
      };
    }
    if (this.#perMinute !== undefined) {
      this.#refill(this.#perMinute);
      if (this.#left < 1) return this.#tooMany(this.#perMinute);
      this.#left -= 1;
    }
    this.#running += 1;
    return undefined;
  }

  leave(): void {
    this.#running -= 1;
  }

  /** Headers in the form of OpenAI's; none where the rate has no limit. */
  headers(): Readonly<Record<string, string>> {
    if (this.#perMinute === undefined) return {};
    this.#refill(this.#perMinute);
    const missing = this.#perMinute - this.#left;
    const resetMs = Math.ceil((missing * MINUTE_MS) / this.#perMinute);
    return {
      'x-ratelimit-limit-requests': String(this.#perMinute),
      'x-ratelimit-remaining-requests': String(Math.floor(this.#left)),
      'x-ratelimit-reset-requests': `${resetMs}ms`,
    };
  }

  #refill(perMinute: number): void {
    const now = this.#now();
    const grown = ((now - this.#refilledAt) * perMinute) / MINUTE_MS;
    this.#left = Math.min(perMinute, this.#left + grown);
    this.#refilledAt = now;
  }

  #tooMany(perMinute: number): Refusal {
    return {
      reason: `This API key may send ${perMinute} requests a minute.`,
      code: 'rate_limit_exceeded',
      retryAfterSeconds: ((1 - this.#left) * MINUTE_MS) / perMinute / 1000,
    };
  }
}
