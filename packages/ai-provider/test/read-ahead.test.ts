import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReadAhead } from '../src/language/read-ahead.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function pingsAfter(ms: number, parts = 1): number {
  const ahead = new ReadAhead();
  vi.advanceTimersByTime(ms);
  return ahead.padding(parts).length;
}

it('a fast model needs no pings', () => {
  expect([0, 1, 10, 20].map((ms) => pingsAfter(ms))).toEqual([0, 0, 0, 0]);
});

it('the slower a model, the more places are taken, up to all that there are', () => {
  expect([45, 75, 150, 60_000].map((ms) => pingsAfter(ms))).toEqual([3, 6, 13, 13]);
});

it('parts of its own take places as well', () => {
  expect(pingsAfter(75, 7)).toBe(0);
});

it('parts that come a little too slowly have a place taken between them now and then', () => {
  const ahead = new ReadAhead();
  const pings = Array.from({ length: 8 }, () => {
    vi.advanceTimersByTime(15);
    return ahead.padding(1).length;
  });
  expect(pings).toEqual([0, 0, 1, 0, 1, 0, 0, 1]);
});
