import type { Clock } from '../time/clock.js';

export interface SlowConsumerLimits {
  /** Nothing taken for so long: reported. */
  slowConsumerThresholdMs: number;
  /** Nothing taken for so long: dropped. */
  ackTimeoutMs: number;
}

export interface WatchOptions extends SlowConsumerLimits {
  readonly clock: Clock;
  /** How often to look, in milliseconds; absent: when the next limit is due. */
  readonly checkEveryMs?: number;
}

/** Whose consumer is watched. */
export interface Watched {
  /** How long the consumer has taken nothing, in milliseconds; 0 while it waits for more. */
  readonly idleMs: number;
  slow?(idleMs: number): void;
  drop(idleMs: number): void;
}

/** Looks from time to time whether a consumer takes what waits for it: one timer, however many items pass. */
export class ConsumerWatch {
  readonly #options: WatchOptions;
  readonly #watched: Watched;
  #reported = false;
  #revoke: (() => void) | undefined;

  constructor(options: WatchOptions, watched: Watched) {
    this.#options = options;
    this.#watched = watched;
  }

  get running(): boolean {
    return this.#revoke !== undefined;
  }

  start(): void {
    if (this.running) return;
    this.#reported = false;
    this.#arm(0);
  }

  /** The consumer took something: it is alive, however slow. */
  tookSomething(): void {
    this.#reported = false;
  }

  stop(): void {
    this.#revoke?.();
    this.#revoke = undefined;
  }

  #arm(idleMs: number): void {
    const { clock, checkEveryMs, slowConsumerThresholdMs, ackTimeoutMs } = this.#options;
    const next = this.#reported ? ackTimeoutMs : Math.min(slowConsumerThresholdMs, ackTimeoutMs);
    const delayMs = checkEveryMs ?? Math.max(0, next - idleMs);
    this.#revoke = clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    const { slowConsumerThresholdMs, ackTimeoutMs } = this.#options;
    const { idleMs } = this.#watched;
    if (idleMs >= ackTimeoutMs) {
      this.#revoke = undefined;
      this.#watched.drop(idleMs);
      return;
    }
    if (!this.#reported && idleMs >= slowConsumerThresholdMs) {
      this.#reported = true;
      this.#watched.slow?.(idleMs);
    }
    if (this.running) this.#arm(idleMs);
  }
}
