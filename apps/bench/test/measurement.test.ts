import { expect, test } from 'vitest';
import { atLeast, atMost, score, verdict, type Comparison } from '../src/measure/measurement.ts';

const comparison: Comparison = {
  kind: 'comparison',
  id: 'a',
  title: 'a',
  unit: 'tok/s',
  reference: 'b',
  rounds: [
    { ours: 10, reference: 10 },
    { ours: 5, reference: 4 },
    { ours: 60, reference: 20 },
  ],
};

test('a comparison is scored by the median of its rounds, not by the ratio of medians', () => {
  expect(score(comparison)).toBe(1.25);
});

test.each([
  [atLeast(1.25), 'met'],
  [atLeast(1.26), 'not met'],
  [atMost(1.25), 'met'],
  [atMost(1.24), 'not met'],
  [undefined, 'told'],
] as const)('held against %o it is %s', (bar, expected) => {
  expect(verdict({ ...comparison, bar })).toBe(expected);
});

test('a side that gave no number meets no bar', () => {
  const broken = { ...comparison, rounds: [{ ours: Number.NaN, reference: 1 }] };
  expect(verdict({ ...broken, bar: atLeast(0) })).toBe('not met');
  expect(verdict({ ...broken, bar: atMost(9) })).toBe('not met');
});
