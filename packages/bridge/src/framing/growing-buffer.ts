const SMALLEST_BYTES = 4096;
const KEPT_BYTES = 1024 * 1024;

/**
 * Bytes appended to one block that doubles, up to a limit. One block instead of
 * a list of slices, because a list costs far more than its bytes when they
 * arrive one at a time.
 */
export class GrowingBuffer {
  length = 0;
  readonly #limit: number;
  #block = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns false, and takes nothing, when the limit would be passed. */
  append(bytes: Buffer): boolean {
    const needed = this.length + bytes.length;
    if (needed > this.#limit) return false;
    if (needed > this.#block.length) this.#grow(needed);
    bytes.copy(this.#block, this.length);
    this.length = needed;
    return true;
  }

  /** The bytes held; valid until the next call. */
  view(): Buffer {
    return this.#block.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.#block.length > KEPT_BYTES) this.#block = Buffer.alloc(0);
  }

  #grow(needed: number): void {
    const capacity = Math.max(SMALLEST_BYTES, this.#block.length * 2, needed);
    const block = Buffer.allocUnsafe(Math.min(capacity, Math.max(this.#limit, needed)));
    this.#block.copy(block, 0, 0, this.length);
    this.#block = block;
  }
}
