import { abortable } from './abortable.js';

/** Work that several callers wait for; it is cancelled when the last of them gives up. */
export class SharedTask<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  /** @param run called once, not before this constructor has returned */
  constructor(run: (signal: AbortSignal) => Promise<T>) {
    const begun = Promise.resolve(this.#controller.signal).then(run);
    this.#result = begun.finally(() => {
      this.#settled = true;
    });
    // Whoever joins sees the rejection; when nobody does, nobody needs it.
    this.#result.catch(() => undefined);
  }

  /** Given up, and not over yet. */
  get cancelled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** The result, or a rejection with the signal's reason as soon as it aborts. */
  async join(signal: AbortSignal): Promise<T> {
    this.#waiting += 1;
    try {
      return await abortable(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.cancel(signal.reason);
    }
  }

  /** Goes on from now when all callers have given up. */
  persist(): void {
    this.#waiting += 1;
  }

  /** Ends the work for everyone; does nothing once it is over. */
  cancel(reason: unknown): void {
    if (!this.#settled) this.#controller.abort(reason);
  }

  /** Resolves when the work is over, however it ended. */
  async settled(): Promise<void> {
    await this.#result.catch(() => undefined);
  }
}
