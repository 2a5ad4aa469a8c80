import { expect, it } from 'vitest';
import { cosineSimilarity } from '../../src/index.js';

it.each([
  [[1, 0], [2, 0], 1],
  [[1, 0], [0, 3], 0],
  [[1, 1], [-1, -1], -1],
  [[3, 4], [4, 3], 0.96],
  [[0, 0], [1, 1], 0],
])('of %j and %j is %d', (one, other, similarity) => {
  expect(cosineSimilarity(one, new Float32Array(other))).toBeCloseTo(similarity, 6);
});

it('of vectors that have no common length is refused', () => {
  expect(() => cosineSimilarity([1], [1, 2])).toThrow('Vectors of 1 and 2 numbers');
});
