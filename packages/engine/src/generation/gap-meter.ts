import type { TokenGaps } from '@mlx/schemas';
import { gapBorders, indexOfGap } from '@mlx/schemas/conventions';

/** Counts the times between tokens, by whole chunks: one look at the clock tells of all its tokens. */
export class GapMeter {
  readonly #counts = new Uint32Array(gapBorders.length + 1);
  #sum = 0;
  #lastAt: number | undefined;

  /** @param at `performance.now()` of the moment at which the tokens were handed out */
  handedOut(at: number, tokens: number): void {
    if (tokens === 0) return;
    // What comes with the first token has waited for nothing.
    if (this.#lastAt === undefined) this.spread(0, tokens - 1);
    else this.spread((at - this.#lastAt) / 1000, tokens);
    this.#lastAt = at;
  }

  /** So many tokens came within these seconds. */
  spread(seconds: number, tokens: number): void {
    if (tokens <= 0) return;
    const index = indexOfGap(seconds / tokens);
    this.#counts[index] = (this.#counts[index] ?? 0) + tokens;
    this.#sum += seconds;
  }

  read(): TokenGaps {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}
