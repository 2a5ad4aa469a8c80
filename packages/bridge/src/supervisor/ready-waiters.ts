import { cancelledError } from '@mlx/schemas';
import type { Sidecar } from '../sidecar/sidecar.js';

interface Waiter {
  resolve: (sidecar: Sidecar) => void;
  reject: (error: unknown) => void;
}

/** Callers that wait for a process to be ready. */
export class ReadyWaiters {
  readonly #waiters = new Set<Waiter>();

  wait(signal: AbortSignal | undefined): Promise<Sidecar> {
    if (signal?.aborted === true) return Promise.reject(cancelledError(signal.reason));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (sidecar) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(sidecar);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      const onAbort = () => {
        this.#waiters.delete(waiter);
        reject(cancelledError(signal?.reason));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  resolveAll(sidecar: Sidecar): void {
    for (const waiter of this.#take()) waiter.resolve(sidecar);
  }

  rejectAll(error: unknown): void {
    for (const waiter of this.#take()) waiter.reject(error);
  }

  #take(): Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    return waiters;
  }
}
