import { expect, it } from 'vitest';
import { bestHits } from '../src/suites/models/best-hits.ts';
import { zipf } from '../src/suites/models/zipf.ts';

it('the model that was asked for least recently makes room', () => {
  expect(bestHits(['a', 'b', 'a', 'c', 'b', 'a'], 2)).toBe(1);
  expect(bestHits(['a', 'b', 'a', 'c', 'b', 'a'], 3)).toBe(3);
});

it('the second is drawn half as often as the first, and the same are drawn again', () => {
  const drawn = zipf(['a', 'b', 'c'], 11_000, 'x');
  const share = (value: string) => drawn.filter((each) => each === value).length / 1000;
  expect(share('a')).toBeCloseTo(6, 0);
  expect(share('b')).toBeCloseTo(3, 0);
  expect(zipf(['a', 'b', 'c'], 11_000, 'x')).toEqual(drawn);
});
