import type { Clock } from './clock.js';

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
    const left = this.#due - this.#clock.now();
    if (left > 0) this.#revoke = this.#clock.after(left, this.#check);
    else this.#onExpire();
  };
}
