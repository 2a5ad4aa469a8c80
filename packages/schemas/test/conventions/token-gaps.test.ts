import { expect, it } from 'vitest';
import { gapBorders, indexOfGap } from '../../src/conventions/index.js';

it('a gap belongs to the first border that it does not exceed', () => {
  expect(gapBorders.map((border) => indexOfGap(border))).toEqual([...gapBorders.keys()]);
  expect(indexOfGap(0)).toBe(0);
  expect(indexOfGap(0.0011)).toBe(1);
});

it('a gap behind all borders has a bucket of its own', () => {
  expect(indexOfGap(11)).toBe(gapBorders.length);
});
