import { EngineClientError } from '@mlx/schemas';
import type { CallScope } from '../support/call-scope.js';
import { shuttingDown } from '../support/errors.js';

/** Seconds after which trying again makes sense while nothing is known of how long streams take. */
const FIRST_RETRY_SECONDS = 1;
/** Weight of the newest stream in the running mean of their durations. */
const SMOOTHING = 0.1;

/** Bounds how many generations are under way, waiting ones included. Queueing itself is the scheduler's. */
export class Admission {
  readonly #maxActive: number;
  readonly #active = new Set<CallScope>();
  #meanSeconds: number | undefined;
  #closed = false;

  constructor(maxActive: number) {
    this.#maxActive = maxActive;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Lets a generation in, or throws Overloaded. The returned function says that it is over. */
  enter(call: CallScope): () => void {
    if (this.#closed) throw shuttingDown();
    if (this.#active.size >= this.#maxActive) throw this.#overloaded();
    this.#active.add(call);
    const enteredAt = performance.now();
    return () => {
      if (this.#active.delete(call)) this.#observe((performance.now() - enteredAt) / 1000);
    };
  }

  /** Refuses what comes from now on and ends what is under way. */
  close(reason: EngineClientError): void {
    this.#closed = true;
    for (const call of this.#active) call.abort(reason);
  }

  #observe(seconds: number): void {
    const mean = this.#meanSeconds ?? seconds;
    this.#meanSeconds = mean + SMOOTHING * (seconds - mean);
  }

  /** With streams that take `mean` seconds, one of `active` ends every mean / active seconds. */
  #overloaded(): EngineClientError {
    const seconds = (this.#meanSeconds ?? FIRST_RETRY_SECONDS) / this.#active.size;
    const retryAfter = Math.max(1, Math.ceil(seconds));
    return new EngineClientError(
      'Overloaded',
      `${this.#active.size} generations are under way, which is the limit. Try again in ${retryAfter} s.`,
      { details: { type: 'too_many_streams', limit: this.#maxActive, retryAfter } },
    );
  }
}
