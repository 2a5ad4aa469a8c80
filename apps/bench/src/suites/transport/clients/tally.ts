import { DelayRecord } from './delays.ts';
import type { DoneMessage } from './messages.ts';

/** Counts what arrives; what arrived before every stream was warmed up is forgotten. */
export class Tally {
  onRunning: () => void = () => undefined;
  #waiting: number;
  #runningAt = 0;
  readonly #delays = new DelayRecord();
  #tokens = 0;
  #events = 0;

  constructor(streams: number) {
    this.#waiting = streams;
  }

  /** One more stream is. */
  warmedUp(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.start();
  }

  /** From now on it counts. */
  start(): void {
    this.#runningAt = performance.now();
    this.#delays.clear();
    this.#tokens = 0;
    this.#events = 0;
    this.onRunning();
  }

  /**
   * The text of one event: a word for each token, in the latency run the moment it was due.
   * @param at when it was read, in microseconds of the monotonic clock
   * @returns its tokens
   */
  event(text: string, at: number): number {
    this.#events += 1;
    const words = text.trimEnd().split(' ');
    this.#tokens += words.length;
    for (const word of words) {
      const dueAt = Number(word);
      if (!Number.isNaN(dueAt)) this.#delays.add(at, dueAt);
    }
    return words.length;
  }

  result(): Omit<DoneMessage, 'type'> {
    return {
      delays: this.#delays.result(),
      tokens: this.#tokens,
      events: this.#events,
      seconds: (performance.now() - this.#runningAt) / 1000,
    };
  }
}
