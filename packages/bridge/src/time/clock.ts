/** Monotonic time; nothing in this package reads the wall clock. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Calls back once after `delayMs`; the returned function revokes it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The longest delay a Node timer takes; longer ones would fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
    return () => clearTimeout(timer);
  },
};
