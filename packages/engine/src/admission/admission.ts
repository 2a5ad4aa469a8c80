import { EngineClientError } from '@mlx/schemas';
import type { GenerationStats } from '@mlx/schemas';
import type { CallScope } from '../support/call-scope.js';
import { shuttingDown } from '../support/errors.js';
import type { AdaptiveLimit } from './adaptive-limit.js';

/** Seconds after which trying again makes sense while nothing is known of how long streams take. */
const FIRST_RETRY_SECONDS = 1;
/** Weight of the newest stream in the running mean of their durations. */
const SMOOTHING = 0.1;

/** Bounds how many generations are under way, waiting ones included. Queueing itself is the scheduler's. */
export class Admission {
  readonly #limit: AdaptiveLimit;
  readonly #active = new Set<CallScope>();
  #meanSeconds: number | undefined;
  #closed = false;

  constructor(limit: AdaptiveLimit) {
    this.#limit = limit;
  }

  get active(): number {
    return this.#active.size;
  }

  get limit(): number {
    return this.#limit.value;
  }

  /** Lets a generation in, or throws Overloaded. */
  enter(call: CallScope): void {
    if (this.#closed) throw shuttingDown();
    if (this.#active.size >= this.#limit.value) throw this.#overloaded();
    this.#active.add(call);
  }

  /** The generation is over; with stats if it ended well. */
  leave(call: CallScope, stats?: GenerationStats): void {
    if (!this.#active.delete(call) || stats === undefined) return;
    this.#limit.observe(stats);
    const mean = this.#meanSeconds ?? stats.totalTime;
    this.#meanSeconds = mean + SMOOTHING * (stats.totalTime - mean);
  }

  /** Refuses what comes from now on and ends what is under way. */
  close(reason: EngineClientError): void {
    this.#closed = true;
    for (const call of this.#active) call.abort(reason);
  }

  /** With streams that take `mean` seconds, one of `active` ends every mean / active seconds. */
  #overloaded(): EngineClientError {
    const seconds = (this.#meanSeconds ?? FIRST_RETRY_SECONDS) / this.#active.size;
    const retryAfter = Math.max(1, Math.ceil(seconds));
    return new EngineClientError(
      'Overloaded',
      `${this.#active.size} generations are under way, which is the limit. Try again in ${retryAfter} s.`,
      { details: { type: 'too_many_streams', limit: this.#limit.value, retryAfter } },
    );
  }
}
