import type { AnswerSpeed } from './conversation.js';

/** Measures one answer as the reader experiences it, network included. */
export class Speedometer {
  readonly #startedAt = performance.now();
  #firstAt: number | undefined;
  #lastAt = 0;
  #chunks = 0;
  #tokens: number | undefined;

  onText(): void {
    this.#lastAt = performance.now();
    this.#firstAt ??= this.#lastAt;
    this.#chunks += 1;
  }

  /** The server's exact count replaces the number of pieces that arrived. */
  onUsage(completionTokens: number): void {
    this.#tokens = completionTokens;
  }

  read(): AnswerSpeed | undefined {
    if (this.#firstAt === undefined) return undefined;
    const tokens = this.#tokens ?? this.#chunks;
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    return {
      timeToFirstTokenMs: this.#firstAt - this.#startedAt,
      tokens,
      // The first token's time is the wait; the pace is that of the others.
      tokensPerSecond: seconds > 0 && tokens > 1 ? (tokens - 1) / seconds : undefined,
    };
  }
}
