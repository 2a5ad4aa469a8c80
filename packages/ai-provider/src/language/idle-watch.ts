/** Calls back once nobody has come for `patienceMs`; as cheap as a number while somebody does. */
export class IdleWatch {
  readonly #onIdle: () => void;
  readonly #patienceMs: number;
  #idleSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    if (this.#idleSince === undefined) return;
    const leftMs = this.#patienceMs - (performance.now() - this.#idleSince);
    if (leftMs > 0) this.#arm(leftMs);
    else this.#onIdle();
  }
}
