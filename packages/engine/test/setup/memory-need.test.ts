import { expect, test } from 'vitest';
import { ranksHere } from '../../src/runner/ranks-here.js';
import { memoryNeed } from '../../src/setup/model/memory-need.js';

/** A tenth of its parameters are embeddings; a token of context takes 80 bytes as computed. */
const outline = {
  architecture: 'llama',
  parameterCount: 1000,
  bits: undefined,
  weightBytes: 2000,
  contextLength: 100,
  encoder: undefined,
  cacheNumbersPerToken: 40,
  tableParameters: 100,
  cacheIsDivided: true,
} as const;

const terms = { backend: 'apple', promptCacheBytes: 1_000_000 } as const;

test('a model on one device takes its weights and one full context', () => {
  expect(memoryNeed(outline, terms)).toEqual({
    weightBytes: 2000,
    cacheBytes: 8000,
    processes: 1,
  });
  expect(memoryNeed(outline, { ...terms, promptCacheBytes: 5000 }).cacheBytes).toBe(5000);
});

test('over several machines each takes its share: embeddings whole, the rest and the caches divided', () => {
  const ranks = { count: 3, here: 1 };
  expect(memoryNeed(outline, { ...terms, ranks })).toEqual({
    weightBytes: 200 + 600,
    cacheBytes: Math.ceil(8000 / 3),
    processes: 1,
  });
  const latent = { ...outline, cacheIsDivided: false };
  expect(memoryNeed(latent, { ...terms, ranks }).cacheBytes).toBe(8000);
});

test('where all ranks share one memory their shares are added up', () => {
  const ranks = { count: 3, here: 3 };
  expect(memoryNeed(outline, { ...terms, ranks })).toEqual({
    weightBytes: 3 * 800,
    cacheBytes: 8000,
    processes: 3,
  });
});

test.each([
  ['apple', '', 2],
  ['cpu', '', 2],
  ['cpu', 'hosts.json', 1],
  ['cuda13', '', 1],
] as const)(
  'on %s with hosts %j the planned memory holds %i of two ranks',
  (backend, hosts, here) => {
    expect(ranksHere({ ranks: 2, hosts, backend: 'auto' }, backend)).toEqual({ count: 2, here });
  },
);
