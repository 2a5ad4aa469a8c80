import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IdleWatch } from '../src/language/idle-watch.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Milliseconds until a reader that made these pauses, and then came no more, is taken to be gone. */
function patienceAfter(pauses: readonly number[]): number {
  let gone = false;
  const watch = new IdleWatch(100, () => (gone = true));
  for (const pause of pauses) {
    watch.idle();
    vi.advanceTimersByTime(pause);
    watch.busy();
  }
  watch.idle();
  for (let ms = 1; ; ms += 1) {
    vi.advanceTimersByTime(1);
    if (gone) return ms;
  }
}

it('a reader that comes at once is taken to be gone after the patience and a grace', () => {
  expect(patienceAfter([0, 1, 0])).toBe(150);
});

it('a reader that makes pauses is waited for longer, and never more than twice as long', () => {
  expect([[50], [50, 5, 5], [99], [90, 90, 90]].map(patienceAfter)).toEqual([200, 200, 250, 250]);
});
