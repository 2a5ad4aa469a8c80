import { expect, test } from 'vitest';
import { pooledSlope } from '../src/watch/trend.ts';

const line = (group: number, level: number, slope: number) =>
  [0, 1, 2, 3].map((x) => ({ group, x, y: level + slope * x }));

test('the slope is that of the points', () => {
  expect(pooledSlope(line(1, 5, 2))).toBeCloseTo(2);
});

test('a process that starts over at another level does not count as growth', () => {
  expect(pooledSlope([...line(1, 0, 0), ...line(2, 1000, 0)])).toBe(0);
  expect(pooledSlope([...line(1, 0, 1), ...line(2, 1000, 3)])).toBeCloseTo(2);
});

test('too few points have no slope', () => {
  expect(pooledSlope([])).toBe(0);
  expect(pooledSlope([{ group: 1, x: 0, y: 5 }])).toBe(0);
});
