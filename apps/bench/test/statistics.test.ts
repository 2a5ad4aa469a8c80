import { expect, test } from 'vitest';
import { median, quantile } from '../src/measure/statistics.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('quantiles are interpolated and leave their input as it was', () => {
  const values = [30, 10, 20];
  expect(quantile(values, 0.95)).toBeCloseTo(29);
  expect(values).toEqual([30, 10, 20]);
});

test('nothing has no quantile', () => {
  expect(median([])).toBeNaN();
});
