/** What was held up together with this timer, by work that blocked everything, may go first. */
const GRACE_MS = 50;

/** A pause so many times as long as any before is none of the reader's habits. */
const BEYOND_HABIT = 3;
/** What a habit can make of the patience. */
const MOST_PATIENCE = 2;

/**
 * Calls back once nobody has come for `patienceMs`, or up to twice as long
 * where somebody has made pauses before; as cheap as a number while somebody
 * does come.
 */
export class IdleWatch {
  readonly #onIdle: () => void;
  readonly #patienceMs: number;
  #idleSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inGrace = false;
  #longestPauseMs = 0;

  constructor(patienceMs: number, onIdle: () => void) {
    this.#patienceMs = patienceMs;
    this.#onIdle = onIdle;
  }

  /** Nobody waits for anything from now on. */
  idle(): void {
    this.#idleSince = performance.now();
    if (this.#timer === undefined) this.#arm(this.#patienceMs);
  }

  /** Somebody waits. */
  busy(): void {
    if (this.#idleSince === undefined) return;
    const pauseMs = performance.now() - this.#idleSince;
    this.#longestPauseMs = Math.max(this.#longestPauseMs, pauseMs);
    this.#idleSince = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#idleSince = undefined;
  }

  /** In milliseconds, for what is known of this reader. */
  get #patience(): number {
    const habit = this.#longestPauseMs * BEYOND_HABIT;
    return Math.min(Math.max(this.#patienceMs, habit), this.#patienceMs * MOST_PATIENCE);
  }

  #arm(waitMs: number): void {
    if (!Number.isFinite(waitMs)) return;
    this.#timer = setTimeout(() => this.#look(), waitMs);
  }

  #look(): void {
    this.#timer = undefined;
    const inGrace = this.#inGrace;
    this.#inGrace = false;
    if (this.#idleSince === undefined) return;
    const leftMs = this.#patience - (performance.now() - this.#idleSince);
    if (leftMs > 0) {
      this.#arm(leftMs);
    } else if (inGrace) {
      this.#onIdle();
    } else {
      this.#inGrace = true;
      this.#arm(GRACE_MS);
    }
  }
}
