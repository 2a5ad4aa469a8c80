import { expect, test } from 'vitest';
import { namedRandom } from '../src/prompts/random.ts';
import { median, medianInterval, quantile } from '../src/measure/statistics.ts';

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

test('the interval of a median holds it, narrows with more values, and is the same for the same', () => {
  const random = namedRandom('values');
  const values = Array.from({ length: 400 }, () => 5 + random() - random());
  const [low, high] = medianInterval(values);
  expect(low).toBeLessThan(median(values));
  expect(high).toBeGreaterThan(median(values));
  const [wideLow, wideHigh] = medianInterval(values.slice(0, 20));
  expect(wideHigh - wideLow).toBeGreaterThan(high - low);
  expect(medianInterval(values)).toEqual([low, high]);
});
