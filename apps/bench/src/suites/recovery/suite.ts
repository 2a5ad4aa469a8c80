import type { Suite } from '../benchmark.ts';
import { killParent } from './kill-parent.ts';
import { killSidecar } from './kill-sidecar.ts';

export const recovery: Suite = {
  name: 'recovery',
  description: 'The real sidecar, or its parent, is killed while it serves.',
  benchmarks: [killSidecar, killParent],
};
