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
  readonly #ready = new Set<string>();
  readonly #waiting = new Set<() => void>();

  get status(): ReadinessStatus {
    return this.#status;
  }

  /** `progress` is a fraction, or null while it cannot be known. */
  loading(step: string, progress: number | null = null): void {
    this.#status = { state: 'loading', step, progress };
  }

  /** One model answers from now on, whatever becomes of the others. */
  modelReady(id: string): void {
    this.#ready.add(id);
    this.#tell();
  }

  ready(): void {
    this.#status = { state: 'ready' };
    this.#tell();
  }

  failed(message: string): void {
    this.#status = { state: 'failed', message };
    this.#tell();
  }

  /**
   * Waits at most `timeoutMs` for a model, so that a request sent right after the
   * start is answered instead of refused; then throws a 503. One that is not known
   * to be ready is so when all are.
   */
  async waitUntilReady(timeoutMs: number, signal: AbortSignal, model: string): Promise<void> {
    signal.throwIfAborted();
    if (this.#isLoading(model)) await this.#settledWithin(timeoutMs, signal, model);
    signal.throwIfAborted();
    if (this.#answers(model)) return;
    if (this.#status.state === 'loading') {
      throw notReady(`The model is still loading (${this.#status.step}).`, LOADING_RETRY_SECONDS);
    }
    if (this.#status.state === 'failed') throw notReady(this.#status.message, FAILED_RETRY_SECONDS);
  }

  /** By its own name, or by that of one of its adapters behind it. */
  #answers(model: string): boolean {
    const base = model.slice(0, Math.max(0, model.lastIndexOf(':')));
    return this.#ready.has(model) || this.#ready.has(base);
  }

  #isLoading(model: string): boolean {
    return this.#status.state === 'loading' && !this.#answers(model);
  }

  #tell(): void {
    for (const look of this.#waiting) look();
  }

  async #settledWithin(timeoutMs: number, signal: AbortSignal, model: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    const look = () => {
      if (!this.#isLoading(model)) resolve();
    };
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    this.#waiting.add(look);
    await promise;
    this.#waiting.delete(look);
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
}

function notReady(message: string, retryAfterSeconds: number): HttpError {
  return new HttpError(message, { status: 503, code: 'model_not_ready', retryAfterSeconds });
}
