import type { Suite } from '../benchmark.ts';
import { hitRate } from './hit-rate.ts';
import { overhead } from './overhead.ts';
import { throughput } from './throughput.ts';

export const fleet: Suite = {
  name: 'fleet',
  description: 'A gateway and workers over NATS: what the way costs, and what routing finds.',
  benchmarks: [overhead, throughput, hitRate],
};
