import { median, quantile } from '../../../measure/statistics.ts';
import type { Delays } from './messages.ts';

const SECOND_MICROSECONDS = 1_000_000;

/** Gathers how long tokens took, and looks at them by the second. */
export class DelayRecord {
  #seconds = new Map<number, number[]>();

  /** @param at when it arrived, as `dueAt` in microseconds of the monotonic clock */
  add(at: number, dueAt: number): void {
    const second = Math.floor(at / SECOND_MICROSECONDS);
    const delays = this.#seconds.get(second) ?? [];
    if (delays.length === 0) this.#seconds.set(second, delays);
    delays.push((at - dueAt) / 1000);
  }

  clear(): void {
    this.#seconds.clear();
  }

  result(): Delays {
    const seconds = [...this.#seconds.values()];
    const all = seconds.flat();
    return {
      median: median(all),
      p99: quantile(all, 0.99),
      p99OfSecond: median(seconds.map((delays) => quantile(delays, 0.99))),
      longest: quantile(all, 1),
    };
  }
}
