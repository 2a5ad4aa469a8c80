import type { Suite } from '../benchmark.ts';
import { corpora } from './corpora.ts';
import { halfConstrained } from './half-constrained.ts';
import { hostile } from './hostile.ts';
import { validity } from './validity.ts';

export const structured: Suite = {
  name: 'structured',
  description: 'Answers held to a form: what they cost the others, and whether they have it.',
  benchmarks: [halfConstrained, hostile, validity, corpora],
};
