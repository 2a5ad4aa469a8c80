import { expect, test } from 'vitest';
import { addStats } from '../../src/stats/add-stats.js';

const none = addStats([]);

test('the counters of several workers are summed, and their ranks listed', () => {
  const kept = { ...none.prefixCache, hits: 2 };
  const one = { ...none, decodeSteps: 3, prefixCache: kept, rankBytes: [1, 2] };
  const two = { ...none, decodeSteps: 4, prefixCache: kept };

  const sum = addStats([one, two, { ...one, kvCache: { usedBytes: 5, limitBytes: 9 } }]);

  expect(sum.decodeSteps).toBe(10);
  expect(sum.prefixCache.hits).toBe(6);
  expect(sum.kvCache).toEqual({ usedBytes: 5, limitBytes: 9 });
  expect(sum.rankBytes).toEqual([1, 2, 1, 2]);
});

test('a fleet without workers has counted nothing', () => {
  expect(none).toMatchObject({ decodeSteps: 0, requests: { admitted: 0 } });
  expect(none.rankBytes).toBeUndefined();
});
