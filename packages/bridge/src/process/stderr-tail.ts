/** Keeps the last `maxBytes` of what was written; any amount may pass through. */
export class StderrTail {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    const kept = chunk.length > this.#maxBytes ? chunk.subarray(-this.#maxBytes) : chunk;
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    if (this.#bytes > this.#maxBytes * 2 || this.#chunks.length > 64) this.#compact();
  }

  /** The tail as text; a character cut at its start shows as U+FFFD. */
  toString(): string {
    this.#compact();
    return this.#chunks[0]?.toString('utf8') ?? '';
  }

  #compact(): void {
    // Copied, so that the large blocks that pipes are read into can be freed.
    const tail = Buffer.from(Buffer.concat(this.#chunks).subarray(-this.#maxBytes));
    this.#chunks = [tail];
    this.#bytes = tail.length;
  }
}
