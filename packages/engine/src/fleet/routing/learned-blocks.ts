interface Learned {
  /** Requests with this block that run on the worker. */
  running: number;
  /** The digest that settles it: one made for certain after the last of them had finished. */
  settledBy: number;
}

/** Share that is left when there are too many: the oldest entries of a map are found slowly. */
const KEPT_SHARE = 0.9;
/** A digest that arrives may have been made before a request finished; the one after it was not. */
const DIGESTS_UNTIL_SETTLED = 2;

/**
 * The blocks that a worker must hold because of what it was sent, until its own digests tell: those
 * of running requests, and of finished ones that no digest covers yet.
 */
export class LearnedBlocks {
  readonly #blocks = new Map<number, Learned>();
  readonly #most: number;
  #digests = 0;

  /** `most`: blocks of finished requests that are kept, the newest, where no digests come. */
  constructor(most: number) {
    this.#most = most;
  }

  has(name: number): boolean {
    return this.#blocks.has(name);
  }

  names(): Iterable<number> {
    return this.#blocks.keys();
  }

  /** A request was sent to the worker. */
  begin(names: readonly number[]): void {
    for (const name of names) {
      const running = (this.#blocks.get(name)?.running ?? 0) + 1;
      // Deleted first, so that the map's order is that of use.
      this.#blocks.delete(name);
      this.#blocks.set(name, { running, settledBy: Infinity });
    }
  }

  /** It has finished; returns the blocks that are forgotten. */
  end(names: readonly number[], computed: boolean): number[] {
    const forgotten: number[] = [];
    for (const name of names) {
      const block = this.#blocks.get(name);
      if (block === undefined) continue;
      block.running -= 1;
      if (computed) block.settledBy = this.#digests + DIGESTS_UNTIL_SETTLED;
      if (block.running === 0 && block.settledBy === Infinity) forgotten.push(name);
    }
    for (const name of forgotten) this.#blocks.delete(name);
    return [...forgotten, ...this.#trim()];
  }

  /** A digest has arrived; returns the blocks that are forgotten, as it says itself what is held. */
  settle(): number[] {
    this.#digests += 1;
    const settled = [...this.#blocks].filter(
      ([, { running, settledBy }]) => running === 0 && settledBy <= this.#digests,
    );
    for (const [name] of settled) this.#blocks.delete(name);
    return settled.map(([name]) => name);
  }

  #trim(): number[] {
    const forgotten: number[] = [];
    if (this.#blocks.size <= this.#most) return forgotten;
    for (const [name, { running }] of this.#blocks) {
      if (this.#blocks.size <= this.#most * KEPT_SHARE) break;
      if (running > 0) continue;
      this.#blocks.delete(name);
      forgotten.push(name);
    }
    return forgotten;
  }
}
