import { cancelledError } from '@mlx/schemas';
import type { EngineClientError } from '@mlx/schemas';
import type { WireMethod } from '@mlx/schemas/wire';
import { requestTimeout } from '../errors/transport.js';
import type { Clock } from '../time/clock.js';
import { LifeCycle } from '../stream/life-cycle.js';
import { Deadline } from '../time/deadline.js';
import type { RequestOptions } from './connection-options.js';
import type { PendingRequest } from './pending-requests.js';

export interface CallOutcome {
  resolve(result: unknown): void;
  reject(error: EngineClientError): void;
  /** Instead of `reject`, when no answer came in time and one may still come. */
  expire?(error: EngineClientError): void;
}

/** One request under way: settles once, and takes its timer and listeners with it. */
export class Call implements PendingRequest {
  readonly method: WireMethod;
  /** False while the frame waits for room. */
  written = false;
  readonly #outcome: CallOutcome;
  readonly #deadline: Deadline;
  readonly #signal: AbortSignal | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #life = new LifeCycle();

  constructor(
    method: WireMethod,
    outcome: CallOutcome,
    clock: Clock,
    options: RequestOptions & { timeoutMs: number },
  ) {
    const { signal, timeoutMs } = options;
    this.method = method;
    this.#outcome = outcome;
    this.#signal = signal;
    this.#deadline = new Deadline(clock, timeoutMs, () => {
      this.#expire(requestTimeout(method, timeoutMs));
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Runs when the call is over, however it ended. */
  onSettled(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** The sidecar is working on it: start the timeout again. */
  extend(): void {
    this.#deadline.extend();
  }

  resolve(result: unknown): void {
    if (this.#settle()) this.#outcome.resolve(result);
  }

  reject(error: EngineClientError): void {
    if (this.#settle()) this.#outcome.reject(error);
  }

  #expire(error: EngineClientError): void {
    if (!this.#settle()) return;
    if (this.#outcome.expire === undefined) this.#outcome.reject(error);
    else this.#outcome.expire(error);
  }

  /** Takes the request back without an outcome. */
  withdraw(): void {
    this.#settle();
  }

  #settle(): boolean {
    if (!this.#life.on('close')) return false;
    this.#deadline.clear();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    for (const cleanup of this.#cleanups) cleanup();
    return true;
  }

  readonly #onAbort = (): void => {
    this.reject(cancelledError(this.#signal?.reason));
  };
}
