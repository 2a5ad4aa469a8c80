/** Erlang's restart intensity: so many restarts in any window of time, and no more. */
export class RestartBudget {
  readonly #limit: number;
  readonly #windowMs: number;
  #restarts: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Takes one restart at the moment `now`; false when none is left. */
  take(now: number): boolean {
    this.#restarts = this.#restarts.filter((moment) => now - moment < this.#windowMs);
    if (this.#restarts.length >= this.#limit) return false;
    this.#restarts.push(now);
    return true;
  }

  /** Restarts taken in the window that ended with the last `take`. */
  get used(): number {
    return this.#restarts.length;
  }

  reset(): void {
    this.#restarts = [];
  }
}
