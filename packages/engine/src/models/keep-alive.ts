import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';

/** Stays until others need the room. */
export const KEEP_FOREVER = -1;

/** How long something stays that nothing uses. */
export class KeepAlive {
  readonly #onExpired: () => void;
  #keepMs: number;
  #timer: NodeJS.Timeout | undefined;
  #unusedSince: number | undefined;

  /** @param keepMs milliseconds without use, or `KEEP_FOREVER` */
  constructor(keepMs: number, onExpired: () => void) {
    this.#keepMs = keepMs;
    this.#onExpired = onExpired;
  }

  get keepMs(): number {
    return this.#keepMs;
  }

  /** When it will go, on the clock of `performance.now()`; undefined while it is used or kept for ever. */
  get expiresAt(): number | undefined {
    if (this.#timer === undefined || this.#unusedSince === undefined) return undefined;
    return this.#unusedSince + this.#keepMs;
  }

  /** Takes effect at once where it is unused. */
  set(keepMs: number): void {
    this.#keepMs = keepMs;
    if (this.#unusedSince !== undefined) this.#wait();
  }

  used(): void {
    this.#unusedSince = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  unused(): void {
    this.#unusedSince = performance.now();
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#keepMs === KEEP_FOREVER || this.#keepMs > LONGEST_TIMEOUT_MS) return;
    this.#timer = setTimeout(this.#onExpired, this.#keepMs).unref();
  }
}
