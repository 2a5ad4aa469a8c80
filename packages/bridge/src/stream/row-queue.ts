import type { WireTokenRow } from '@mlx/schemas/wire';

/** First in, first out, without moving elements; forgets its array whenever it runs empty. */
export class RowQueue {
  #rows: WireTokenRow[] = [];
  #head = 0;

  get size(): number {
    return this.#rows.length - this.#head;
  }

  push(row: WireTokenRow): void {
    this.#rows.push(row);
  }

  shift(): WireTokenRow | undefined {
    const row = this.#rows[this.#head];
    if (row === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#rows.length) this.clear();
    else if (this.#head >= 1024) this.#compact();
    return row;
  }

  clear(): void {
    this.#rows = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#rows = this.#rows.slice(this.#head);
    this.#head = 0;
  }
}
