import type { Suite } from '../benchmark.ts';
import { exactCounts } from './exact-counts.ts';
import { overhead } from './overhead.ts';

export const observability: Suite = {
  name: 'observability',
  description:
    'What traces, metrics and logs cost, and whether metrics add up, with a fake sidecar.',
  benchmarks: [overhead, exactCounts],
};
