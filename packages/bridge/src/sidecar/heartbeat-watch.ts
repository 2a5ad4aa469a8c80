import type { WireHeartbeat } from '@mlx/schemas/wire';
import type { Clock } from '../time/clock.js';

export interface HeartbeatLimits {
  heartbeatIntervalMs: number;
  /** Silence this long means the process hangs. */
  heartbeatTimeoutMs: number;
  /** Beating without getting anywhere this long means its generation thread hangs. */
  stallTimeoutMs: number;
}

/**
 * Tells a hung process from a busy one. Counts intervals without a sign of life
 * rather than elapsed time: after this process was itself suspended or blocked,
 * what the sidecar sent meanwhile is read before more than one is counted.
 */
export class HeartbeatWatch {
  readonly #clock: Clock;
  readonly #limits: HeartbeatLimits;
  readonly #onDead: (reason: 'heartbeat' | 'stalled') => void;
  #silentIntervals = 0;
  #stalledIntervals = 0;
  #busy = false;
  #ticks = -1;
  #revoke: (() => void) | undefined;

  constructor(
    clock: Clock,
    limits: HeartbeatLimits,
    onDead: (reason: 'heartbeat' | 'stalled') => void,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#onDead = onDead;
  }

  start(): void {
    this.#arm();
  }

  stop(): void {
    this.#revoke?.();
    this.#revoke = undefined;
  }

  /** Any frame arrived. */
  alive(): void {
    this.#silentIntervals = 0;
  }

  /** Work visibly moved on. */
  progressed(): void {
    this.#stalledIntervals = 0;
  }

  beat(heartbeat: WireHeartbeat): void {
    // Loading has a timeout of its own, which the load's progress extends.
    this.#busy = heartbeat.activity === 'prefilling' || heartbeat.activity === 'decoding';
    if (heartbeat.ticks !== this.#ticks || !this.#busy) this.progressed();
    this.#ticks = heartbeat.ticks;
  }

  #arm(): void {
    this.#revoke = this.#clock.after(this.#limits.heartbeatIntervalMs, () => this.#check());
  }

  #check(): void {
    const { heartbeatIntervalMs, heartbeatTimeoutMs, stallTimeoutMs } = this.#limits;
    this.#silentIntervals += 1;
    if (this.#busy) this.#stalledIntervals += 1;
    if (this.#silentIntervals * heartbeatIntervalMs >= heartbeatTimeoutMs) {
      this.#onDead('heartbeat');
    } else if (this.#stalledIntervals * heartbeatIntervalMs >= stallTimeoutMs) {
      this.#onDead('stalled');
    } else {
      this.#arm();
    }
  }
}
