/** Timers are this much too late at most, in milliseconds. */
const TIMER_MS = 1;

/**
 * Moments at equal distances, whatever happens between them: one that was
 * missed is made up for at once and keeps the time at which it was due. So who
 * holds a process up is charged for all that it kept waiting.
 */
export class Pace {
  #due: number | undefined;

  /** The moment at which the last wait was to end, in milliseconds of `performance.now()`; undefined at rest. */
  get due(): number | undefined {
    return this.#due;
  }

  /** Calls back once `stepMs` have gone by since the last moment was due, or since now after a rest. */
  wait(stepMs: number, onDue: () => void): void {
    const due = (this.#due ?? performance.now()) + stepMs;
    this.#due = due;
    const look = (): void => {
      if (performance.now() < due) setImmediate(look);
      else onDue();
    };
    setTimeout(look, due - performance.now() - TIMER_MS);
  }

  /** Nothing is due any more. */
  rest(): void {
    this.#due = undefined;
  }
}

/** A moment of `performance.now()` on the clock that is the same in every process of the machine. */
export function monotonicMicroseconds(at: number): number {
  return Math.round(Number(process.hrtime.bigint()) / 1000 + (at - performance.now()) * 1000);
}
