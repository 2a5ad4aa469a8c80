import { EngineClientError, cancelledError } from '@mlx/schemas';
import type { CallOptions } from './call-options.js';

/**
 * One call's life as one signal: aborted by the caller, by time, or by the
 * engine, always with an EngineClientError as its reason. Dispose it when the
 * call is over; it leaves no timer and no listener behind.
 */
export class CallScope implements Disposable {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ signal, timeoutMs }: CallOptions) {
    this.#callerSignal = signal;
    if (signal?.aborted === true) this.#onCallerAbort();
    else signal?.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => this.abort(timedOut(timeoutMs)), timeoutMs);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call was ended from outside; undefined while it was not. */
  get abortedBy(): EngineClientError | undefined {
    const { signal } = this.#controller;
    return signal.aborted ? (signal.reason as EngineClientError) : undefined;
  }

  /** True when it was the caller who wanted no answer any more. */
  get abortedByCaller(): boolean {
    return this.#callerSignal?.aborted === true && this.#controller.signal.aborted;
  }

  abort(reason: EngineClientError): void {
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => this.abort(cancelledError(this.#callerSignal?.reason));
}

function timedOut(timeoutMs: number): EngineClientError {
  return new EngineClientError('Timeout', `The call took longer than ${timeoutMs} ms.`, {
    details: { timeoutMs },
  });
}
