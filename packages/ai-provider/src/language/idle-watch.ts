/** What was held up together with this timer, by work that blocked everything, may go first. */
const GRACE_MS = 50;

/** Calls back once nobody has come for `patienceMs`; as cheap as a number while somebody does. */
export class IdleWatch {
  readonly #onIdle: () => void;
  readonly #patienceMs: number;
  #idleSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inGrace = false;

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
    this.#idleSince = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#idleSince = undefined;
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
    const leftMs = this.#patienceMs - (performance.now() - this.#idleSince);
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
