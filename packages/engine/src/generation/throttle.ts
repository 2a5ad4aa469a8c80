/** Lets chunks out at most once per interval; what comes in between is gathered. */
export class Throttle {
  readonly #intervalMs: number;
  readonly #onDue: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param onDue called when a chunk may be handed out again */
  constructor(intervalMs: number, onDue: () => void) {
    this.#intervalMs = intervalMs;
    this.#onDue = onDue;
  }

  /** A chunk was handed out less than an interval ago. */
  get holding(): boolean {
    return this.#timer !== undefined;
  }

  handedOut(): void {
    if (this.#intervalMs === 0) return;
    this.#timer ??= setTimeout(() => this.release(), this.#intervalMs);
  }

  release(): void {
    this.stop();
    this.#onDue();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
