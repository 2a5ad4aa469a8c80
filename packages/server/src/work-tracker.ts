import { HttpError } from './http/http-error.js';

/** Time that clients are asked to wait before they try a restarting server again. */
const RESTART_SECONDS = 5;
/** How long aborted work may take to tell its clients. */
const ABORT_GRACE_MS = 1000;

/** One request's claim on the engine, from admission to its last byte. */
export interface Work {
  readonly abort: AbortController;
  readonly signal: AbortSignal;
  /** Fulfilled when the claim is given back. */
  readonly finished: Promise<void>;
  /** Goes on when the client leaves. */
  detach(): void;
  /** Gives the claim back; calling it again has no effect. */
  finish(): void;
}

/** Knows all work in flight, so that a shutdown can refuse, wait and then end it. */
export class WorkTracker {
  readonly #active = new Set<Work>();
  #draining = false;
  #onIdle: (() => void) | undefined;

  get active(): number {
    return this.#active.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Admits work that ends early when `client` aborts. */
  start(client: AbortSignal): Work {
    if (this.#draining) throw shuttingDown('The server is shutting down and takes no new work.');
    const abort = new AbortController();
    const { promise: finished, resolve } = Promise.withResolvers<void>();
    const forward = (): void => abort.abort(client.reason);
    const work: Work = {
      abort,
      signal: abort.signal,
      finished,
      detach: () => client.removeEventListener('abort', forward),
      finish: () => {
        work.detach();
        if (this.#active.delete(work) && this.#active.size === 0) this.#onIdle?.();
        resolve();
      },
    };
    client.addEventListener('abort', forward, { once: true });
    if (client.aborted) forward();
    this.#active.add(work);
    return work;
  }

  /** Refuses new work, waits for the rest, then aborts what is left with a typed error. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    if (await this.#idleWithin(timeoutMs)) return;
    const reason = shuttingDown('The server shut down before this request was finished.');
    for (const work of this.#active) work.abort.abort(reason);
    await this.#idleWithin(ABORT_GRACE_MS);
  }

  async #idleWithin(timeoutMs: number): Promise<boolean> {
    if (this.#active.size === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#onIdle = () => resolve(true);
    const idle = await promise;
    clearTimeout(timer);
    this.#onIdle = undefined;
    return idle;
  }
}

function shuttingDown(message: string): HttpError {
  return new HttpError(message, {
    status: 503,
    code: 'shutting_down',
    retryAfterSeconds: RESTART_SECONDS,
  });
}
