import type { Sidecar } from '../sidecar/sidecar.js';
import { systemClock, type Clock } from '../time/clock.js';

/** Whoever stops one to start another does that at once. */
const KEPT_MS = 2_000;

interface SparePoolOptions {
  readonly clock?: Clock;
  /** How long a process waits here. Default 2 s. */
  readonly keptMs?: number;
}

/**
 * Hands the spare of a supervisor that stops to the next one that starts, which then waits for no
 * imports. For supervisors whose processes differ in nothing but what they load.
 */
export class SparePool implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #keptMs: number;
  #spare: Sidecar | undefined;
  #revoke: (() => void) | undefined;
  #closed = false;

  constructor({ clock = systemClock, keptMs = KEPT_MS }: SparePoolOptions = {}) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /** The process that waits, if there is one; it is the caller's from now on. */
  take(): Sidecar | undefined {
    this.#revoke?.();
    this.#revoke = undefined;
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  /** Ends it where another one waits already. */
  async give(spare: Sidecar): Promise<void> {
    if (this.#closed || this.#spare !== undefined || spare.exit !== undefined) {
      await spare.stop({ force: true });
      return;
    }
    this.#spare = spare;
    this.#revoke = this.#clock.after(this.#keptMs, () => void this.#end());
    spare.once('exit', () => {
      if (this.#spare === spare) this.take();
    });
    // From now on it is watched, and one that does not answer is gone before anybody takes it.
    await spare.start().catch(() => {});
  }

  /** Ends what waits, and keeps nothing from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    await this.take()?.stop({ force: true });
  }
}
