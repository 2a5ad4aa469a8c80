import type { DoneMessage } from './messages.ts';

/** Counts what arrives; what arrived before every stream had begun is forgotten. */
export class Tally {
  onRunning: () => void = () => undefined;
  readonly #firstTokens: number[] = [];
  #waiting: number;
  #runningAt = 0;
  #delays: number[] = [];
  #tokens = 0;
  #events = 0;

  constructor(streams: number) {
    this.#waiting = streams;
  }

  /** A stream's first token came so many milliseconds after its request. */
  begun(ms: number): void {
    this.#firstTokens.push(ms);
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#runningAt = performance.now();
    this.#delays = [];
    this.#tokens = 0;
    this.#events = 0;
    this.onRunning();
  }

  /** The text of one event: a word for each token, in the latency run the moment it was made. */
  event(text: string): void {
    const nowMicroseconds = Number(process.hrtime.bigint() / 1000n);
    this.#events += 1;
    for (const word of text.trimEnd().split(' ')) {
      this.#tokens += 1;
      const madeAt = Number(word);
      if (!Number.isNaN(madeAt)) this.#delays.push((nowMicroseconds - madeAt) / 1000);
    }
  }

  result(): Omit<DoneMessage, 'type'> {
    return {
      delays: this.#delays,
      firstTokens: this.#firstTokens,
      tokens: this.#tokens,
      events: this.#events,
      seconds: (performance.now() - this.#runningAt) / 1000,
    };
  }
}
