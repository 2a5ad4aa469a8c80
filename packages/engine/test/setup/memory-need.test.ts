import { expect, test } from 'vitest';
import { ranksHere } from '../../src/runner/ranks-here.js';
import { heldWeights, memoryNeed } from '../../src/setup/model/memory-need.js';

/** A tenth of its parameters are embeddings; a token of context takes 80 bytes as computed. */
const outline = {
  architecture: 'llama',
  parameterCount: 1000,
  bits: undefined,
  weightBytes: 2000,
  widenedBytes: 4000,
  contextLength: 100,
  encoder: undefined,
  cacheNumbersPerToken: 40,
  rowNumbersPerToken: 40,
  tableParameters: 100,
  cacheIsDivided: true,
} as const;

const terms = { backend: 'apple', memoryBytes: 10_000_000, promptCacheBytes: 1_000_000 } as const;

test('a model on one device takes its weights and one full context', () => {
  expect(memoryNeed(outline, terms)).toEqual({
    weightBytes: 2000,
    cacheBytes: 8000,
    processes: 1,
  });
  expect(memoryNeed(outline, { ...terms, promptCacheBytes: 5000 }).cacheBytes).toBe(5000);
});

const GIB = 1024 ** 3;

test.each([
  ['cuda13', 7, 'dense'],
  ['cuda13', 6, 'stored'],
  ['cpu', 5, 'dense'],
  ['cpu', 4, 'widened'],
  ['cpu', 0.6, 'stored'],
  ['apple', 100, 'stored'],
] as const)(
  'on %s with %i GiB quantised weights are kept as the runtime chooses: %s',
  (backend, gibibytes, form) => {
    // As in python-runtime/tests/model/test_weights_policy.py: 4 GiB dense in 32 bits, and as much of caches.
    const large = { ...outline, parameterCount: GIB, bits: 4, rowNumbersPerToken: 0 };
    const sizes = { weightBytes: GIB / 2, widenedBytes: 0.6 * GIB };
    const memory = { memoryBytes: gibibytes * GIB, promptCacheBytes: 4 * GIB };
    expect(heldWeights({ ...large, ...sizes }, { backend, ...memory }).form).toBe(form);
  },
);

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
