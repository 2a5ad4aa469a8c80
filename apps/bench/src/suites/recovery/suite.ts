import type { Suite } from '../benchmark.ts';
import { killSidecar } from './kill-sidecar.ts';

export const recovery: Suite = {
  name: 'recovery',
  description: 'The real sidecar is killed while it serves.',
  benchmarks: [killSidecar],
};
