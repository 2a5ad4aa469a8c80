import type { AnswerSpeed } from '../conversation/schema.js';

/** Measures one answer as the reader experiences it, network included. */
export class Speedometer {
  readonly #startedAt = performance.now();
  #firstAt: number | undefined;
  #lastAt = 0;
  #pieces = 0;
  #counted = 0;
  /** Time between requests, while tools ran or the reader was asked. */
  #idleMs = 0;
  #idleSince: number | undefined;

  onText(): void {
    this.#lastAt = performance.now();
    this.#firstAt ??= this.#lastAt;
    if (this.#idleSince !== undefined) this.#idleMs += this.#lastAt - this.#idleSince;
    this.#idleSince = undefined;
    this.#pieces += 1;
  }

  /** The server's exact count replaces the number of pieces that arrived. */
  onUsage(completionTokens: number): void {
    this.#counted += completionTokens;
    this.#pieces = 0;
    this.#idleSince = performance.now();
  }

  read(): AnswerSpeed | undefined {
    if (this.#firstAt === undefined) return undefined;
    const tokens = this.#counted + this.#pieces;
    const seconds = (this.#lastAt - this.#firstAt - this.#idleMs) / 1000;
    return {
      timeToFirstTokenMs: this.#firstAt - this.#startedAt,
      tokens,
      // The first token's time is the wait; the pace is that of the others.
      tokensPerSecond: seconds > 0 && tokens > 1 ? (tokens - 1) / seconds : undefined,
    };
  }
}
