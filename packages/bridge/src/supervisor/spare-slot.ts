import type { Sidecar } from '../sidecar/sidecar.js';
import type { Clock } from '../time/clock.js';
import type { SparePool } from './spare-pool.js';

/** Deaths in a row after which no further spare is launched until one is asked for again. */
const PATIENCE = 3;

/**
 * Holds one launched process that has done its imports and waits, so that a
 * crash costs only the load of the model.
 */
export class SpareSlot {
  readonly #create: () => Sidecar;
  readonly #clock: Clock;
  readonly #delayMs: number;
  #spare: Sidecar | undefined;
  #deaths = 0;
  #revoke: (() => void) | undefined;

  /** @param delayMs how long after being asked for a spare is launched, so that it disturbs nothing */
  constructor(create: () => Sidecar, clock: Clock, delayMs: number) {
    this.#create = create;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  get filled(): boolean {
    return this.#spare !== undefined;
  }

  /** Sees to it that there will be a spare. */
  fill(): void {
    this.#deaths = 0;
    this.#schedule();
  }

  /** The waiting process, if there is one; it is the caller's from now on. */
  take(): Sidecar | undefined {
    this.#revoke?.();
    this.#revoke = undefined;
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  /** Leaves none; one that waits is given to the pool, or ended. */
  async empty(pool?: SparePool): Promise<void> {
    const spare = this.take();
    if (spare === undefined) return;
    if (pool === undefined) await spare.stop({ force: true });
    else void pool.give(spare);
  }

  #schedule(): void {
    if (this.#spare !== undefined || this.#revoke !== undefined) return;
    this.#revoke = this.#clock.after(this.#delayMs * 2 ** this.#deaths, () => {
      this.#revoke = undefined;
      this.#launch();
    });
  }

  #launch(): void {
    const spare = this.#create();
    this.#spare = spare;
    spare.once('exit', () => {
      if (this.#spare !== spare) return;
      this.#spare = undefined;
      this.#deaths += 1;
      if (this.#deaths < PATIENCE) this.#schedule();
    });
    spare.launch();
  }
}
