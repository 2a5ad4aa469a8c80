import type { PromptBlocks } from '../../../../src/fleet/routing/index.js';

/** A worker's prefix cache: the blocks that were used least recently go first, last ones before first ones. */
export class SimulatedCache {
  readonly #capacity: number;
  /** Characters of each block, in the order of use. */
  readonly #blocks = new Map<number, number>();
  #used = 0;

  /** @param capacity characters */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get names(): Iterable<number> {
    return this.#blocks.keys();
  }

  /** Reads a prompt; the characters of it that were there. */
  read({ names, ends }: PromptBlocks): number {
    const missing = names.findIndex((name) => !this.#blocks.has(name));
    const known = missing === -1 ? names.length : missing;
    for (let place = names.length - 1; place >= 0; place -= 1) {
      const name = names[place] ?? 0;
      const size = (ends[place] ?? 0) - (ends[place - 1] ?? 0);
      this.#used += size - (this.#blocks.get(name) ?? 0);
      this.#blocks.delete(name);
      this.#blocks.set(name, size);
    }
    if (this.#used > this.#capacity) this.#evict();
    return ends[known - 1] ?? 0;
  }

  /** A little more than needed: the oldest entry of a map is found slowly. */
  #evict(): void {
    for (const [name, size] of this.#blocks) {
      if (this.#used <= 0.97 * this.#capacity) break;
      this.#blocks.delete(name);
      this.#used -= size;
    }
  }
}
