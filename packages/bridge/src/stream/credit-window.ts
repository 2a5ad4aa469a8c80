/**
 * How many tokens the sidecar may send ahead of the consumer. Credit goes back
 * in batches of a quarter of the window: few notifications, and the sidecar
 * never runs dry while the consumer keeps up.
 */
export class CreditWindow {
  readonly size: number;
  readonly #batch: number;
  /** Received, and not yet given back. */
  #outstanding = 0;
  /** Consumed since credit was last given back. */
  #consumed = 0;

  constructor(size: number) {
    this.size = size;
    this.#batch = Math.max(1, Math.floor(size / 4));
  }

  /** True while the sidecar has nothing left to spend, so this row is paused. */
  get exhausted(): boolean {
    return this.#outstanding >= this.size;
  }

  receive(tokens: number): void {
    this.#outstanding += tokens;
  }

  /** Returns the credit to send now, usually none. */
  consume(tokens: number): number {
    this.#consumed += tokens;
    if (this.#consumed < this.#batch) return 0;
    const credit = this.#consumed;
    this.#consumed = 0;
    this.#outstanding -= credit;
    return credit;
  }
}
