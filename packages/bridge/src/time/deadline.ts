import type { Clock } from './clock.js';

/**
 * A timer this late was held up: this process was blocked or asleep, and what
 * arrived meanwhile has yet to be read. It gets this much longer.
 */
const GRACE_MS = 1000;

/** A timer that can be put off: fires once when nothing extended it for `timeoutMs`. */
export class Deadline {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onExpire: () => void;
  #due: number;
  #revoke: () => void;

  constructor(clock: Clock, timeoutMs: number, onExpire: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onExpire = onExpire;
    this.#due = clock.now() + timeoutMs;
    this.#revoke = clock.after(timeoutMs, this.#check);
  }

  /** Cheap enough for every frame: the running timer is left alone and looks again when it fires. */
  extend(): void {
    this.#due = this.#clock.now() + this.#timeoutMs;
  }

  clear(): void {
    this.#revoke();
  }

  readonly #check = (): void => {
    const now = this.#clock.now();
    if (now - this.#due > GRACE_MS) this.#due = now + GRACE_MS;
    const left = this.#due - now;
    if (left > 0) this.#revoke = this.#clock.after(left, this.#check);
    else this.#onExpire();
  };
}
