import type { Clock } from '../time/clock.js';

export interface SlowConsumerLimits {
  /** Paused this long: reported. */
  slowConsumerThresholdMs: number;
  /** Paused this long: dropped. */
  ackTimeoutMs: number;
}

/** Times how long a paused stream's consumer has taken nothing. Idle while the stream is not paused. */
export class SlowConsumerWatch {
  readonly #clock: Clock;
  readonly #limits: SlowConsumerLimits;
  readonly #onSlow: (pausedMs: number) => void;
  readonly #onDrop: (pausedMs: number) => void;
  #lastConsumed = 0;
  #reported = false;
  #revoke: (() => void) | undefined;

  constructor(
    clock: Clock,
    limits: SlowConsumerLimits,
    onSlow: (pausedMs: number) => void,
    onDrop: (pausedMs: number) => void,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#onSlow = onSlow;
    this.#onDrop = onDrop;
  }

  /** The stream ran out of credit. */
  paused(): void {
    if (this.#revoke !== undefined) return;
    this.#lastConsumed = this.#clock.now();
    this.#reported = false;
    this.#arm(0);
  }

  /** The consumer took something: it is alive, however slow. */
  consumed(): void {
    if (this.#revoke === undefined) return;
    this.#lastConsumed = this.#clock.now();
    this.#reported = false;
  }

  resumed(): void {
    this.#revoke?.();
    this.#revoke = undefined;
  }

  #arm(idleMs: number): void {
    const { slowConsumerThresholdMs, ackTimeoutMs } = this.#limits;
    const next = this.#reported ? ackTimeoutMs : Math.min(slowConsumerThresholdMs, ackTimeoutMs);
    this.#revoke = this.#clock.after(Math.max(0, next - idleMs), () => this.#check());
  }

  #check(): void {
    const idleMs = this.#clock.now() - this.#lastConsumed;
    if (idleMs >= this.#limits.ackTimeoutMs) {
      this.#revoke = undefined;
      this.#onDrop(idleMs);
      return;
    }
    if (!this.#reported && idleMs >= this.#limits.slowConsumerThresholdMs) {
      this.#reported = true;
      this.#onSlow(idleMs);
    }
    if (this.#revoke !== undefined) this.#arm(idleMs);
  }
}
