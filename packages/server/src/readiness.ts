import { HttpError } from './http/http-error.js';

/** Time after which a load that is still running is worth asking about again. */
const LOADING_RETRY_SECONDS = 5;
/** A failed load needs a person; clients should not hammer meanwhile. */
const FAILED_RETRY_SECONDS = 30;

export type ReadinessStatus =
  | { readonly state: 'loading'; readonly step: string; readonly progress: number | null }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly message: string };

/** Whether the server's models can answer, and how far loading them is. */
export class Readiness {
  #status: ReadinessStatus = { state: 'loading', step: 'Starting', progress: null };
  readonly #settled = Promise.withResolvers<void>();

  get status(): ReadinessStatus {
    return this.#status;
  }

  /** `progress` is a fraction, or null while it cannot be known. */
  loading(step: string, progress: number | null = null): void {
    this.#status = { state: 'loading', step, progress };
  }

  ready(): void {
    this.#status = { state: 'ready' };
    this.#settled.resolve();
  }

  failed(message: string): void {
    this.#status = { state: 'failed', message };
    this.#settled.resolve();
  }

  /**
   * Waits at most `timeoutMs` for the models, so that a request sent right
   * after the start is answered instead of refused; then throws a 503.
   */
  async waitUntilReady(timeoutMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#status.state === 'loading') await this.#settledWithin(timeoutMs, signal);
    signal.throwIfAborted();
    if (this.#status.state === 'loading') {
      throw notReady(`The model is still loading (${this.#status.step}).`, LOADING_RETRY_SECONDS);
    }
    if (this.#status.state === 'failed') throw notReady(this.#status.message, FAILED_RETRY_SECONDS);
  }

  async #settledWithin(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([this.#settled.promise, promise]);
    clearTimeout(timer);
    resolve();
  }
}

function notReady(message: string, retryAfterSeconds: number): HttpError {
  return new HttpError(message, { status: 503, code: 'model_not_ready', retryAfterSeconds });
}
