import type { Suite } from '../benchmark.ts';
import { harness } from './harness.ts';

export const evaluation: Suite = {
  name: 'evaluation',
  description: 'scores of an evaluation harness, through our server and with mlx-lm itself',
  benchmarks: [harness],
};
