import { describe, expect, test } from 'vitest';
import { SimulatedPlacing, type Demand } from './support/simulated-placing.js';

/** Twelve workers with memory for two models each, and four models of which one is wanted most. */
const fleet = {
  workers: 12,
  models: ['a', 'b', 'c', 'd'],
  places: 2,
  slots: 8,
  answerMs: 8000,
} as const;

const rates = (hot: string): Demand['rates'] => ({ a: 0.2, b: 0.2, c: 0.2, d: 0.2, [hot]: 6 });
const minutes = (hot: string, count: number): Demand => ({
  rates: rates(hot),
  seconds: count * 60,
});

describe('a demand that moves from model to model', () => {
  const hours = ['a', 'b', 'c', 'd'].flatMap((hot) => [minutes(hot, 5), minutes(hot, 15)]);
  const moved = new SimulatedPlacing(fleet).play(hours);

  test('is met by more workers within minutes, which one for each model would never do', () => {
    const settled = moved.waited.filter((_, index) => index % 2 === 1);
    expect(Math.max(...settled)).toBeLessThan(0.02);
    const still = new SimulatedPlacing({ ...fleet, still: true }).play(hours);
    expect(Math.min(...still.waited)).toBeGreaterThan(0.5);
  });

  test('costs some loads at each change, and none between them', () => {
    const phase = 20 * 60_000;
    for (let hour = 0; hour < 4; hour += 1) {
      const inHour = moved.loads
        .map((at) => at - hour * phase)
        .filter((at) => at >= 0 && at < phase);
      expect(inHour.length).toBeGreaterThan(3);
      expect(inHour.length).toBeLessThanOrEqual(11);
      expect(inHour.filter((at) => at > 5 * 60_000)).toEqual([]);
    }
  });

  test('takes no more memory than there is, and what is not needed any more leaves', () => {
    expect(moved.leastRoom).toBeGreaterThanOrEqual(0);
    expect(moved.unloads).toBeGreaterThan(10);
  });
});

test('more than all workers can do has no model pushed out by another, again and again', () => {
  const all = { a: 9, b: 9, c: 9, d: 9 };
  const flooded = new SimulatedPlacing(fleet).play([{ rates: all, seconds: 1800 }]);
  expect(flooded.loads.length).toBeLessThanOrEqual(20);
  expect(flooded.unloads).toBe(0);
});
